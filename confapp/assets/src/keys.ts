// Single keys that press a button, such as H for Hold: only while nobody types, and switched off by whoever wants none
// (WCAG 2.1.4). The switch stands in the page's list of keys and is kept on this device.

const store = "confapp:single-keys";

function isOn(): boolean {
  try {
    return localStorage.getItem(store) !== "off";
  } catch {
    return true;
  }
}

/** Styles show the keys' hints by this mark: content that is refreshed needs no second look. */
function mark(on: boolean): void {
  document.documentElement.toggleAttribute("data-single-keys", on);
}

/** Start, on pages that name a key. */
export function mindKeys(): void {
  let on = isOn();
  mark(on);
  const choice = document.querySelector<HTMLInputElement>("[data-keys-switch]");
  if (choice) {
    choice.checked = on;
    choice.closest<HTMLElement>("[data-keys-help]")?.removeAttribute("hidden");
    choice.addEventListener("change", () => {
      on = choice.checked;
      mark(on);
      try {
        localStorage.setItem(store, on ? "on" : "off");
      } catch {
        // A private window may refuse: it holds until the page is left.
      }
    });
  }
  document.addEventListener("keydown", (event) => {
    const place = event.target as HTMLElement;
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (place.closest("input, textarea, select, dialog, [contenteditable]")) return;
    document.querySelector<HTMLButtonElement>(`button[data-single-key="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
  });
}
