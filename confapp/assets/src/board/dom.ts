// Small helpers for making elements; styles are set through the object model, as the content policy wants.

type Attributes = Record<string, string | number | boolean | undefined>;

/** A new element with classes, attributes and children; `false` and undefined leave an attribute out. */
export function make(tag: string, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/** A button with words and what it does. */
export function button(words: string, act: (event: Event) => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = make("button", { type: "button", ...attributes }, words) as HTMLButtonElement;
  element.addEventListener("click", act);
  return element;
}

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

export function place(element: HTMLElement, x: number, y: number): void {
  element.style.transform = `translate(${x}px, ${y}px)`;
}

export function size(element: HTMLElement, width: number, height: number): void {
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
}

/** Replace what an element holds, and keep the focus where what had it has an equal `data-key` again. */
export function refill(element: HTMLElement, ...children: (Node | string)[]): void {
  const held = document.activeElement;
  const key = element.contains(held) && held instanceof HTMLElement ? held.dataset["key"] : undefined;
  element.replaceChildren(...children);
  if (key !== undefined) element.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** The element of a class that an event happened in. */
export function within(event: Event, selector: string): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
}
