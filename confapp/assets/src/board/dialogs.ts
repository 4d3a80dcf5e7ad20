// Questions in a window of their own: adding a break or a blocker, a reason to place all the same, and help.

import { button, byId, make } from "./dom";
import type { Store } from "./store";
import type { Clock } from "./time";
import type { Conflict, Spot } from "./types";
import { say } from "./words";

export function open(dialog: HTMLDialogElement): void {
  if (!dialog.open) dialog.showModal();
}

/** Ask for help: what can be done, and by which keys. */
export function help(): void {
  open(byId("board-help") as HTMLDialogElement);
}

/** A dialog of the page with a form in it; resolves with its values, or null where it was left. */
export function ask(title: string, ...body: Node[]): Promise<FormData | null> {
  return new Promise((resolve) => {
    const form = make("form", { method: "dialog" }) as HTMLFormElement;
    const id = `ask-${Math.random().toString(36).slice(2)}`;
    const dialog = make("dialog", { class: "ask", "aria-labelledby": id }) as HTMLDialogElement;
    form.append(
      make("h2", { id }, title),
      ...body,
      make("div", { class: "deeds" },
        make("button", { type: "submit", value: "yes" }, say("do_it")),
        button(say("cancel"), () => dialog.close(), { class: "secondary" }),
      ),
    );
    dialog.append(form);
    let answer: FormData | null = null;
    form.addEventListener("submit", () => (answer = new FormData(form)));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A labelled control. */
export function field(label: string, control: HTMLElement): HTMLElement {
  return make("label", { class: "field" }, make("span", {}, label), control);
}

export function input(name: string, attributes: Record<string, string | number | boolean> = {}): HTMLInputElement {
  return make("input", { name, ...attributes }) as HTMLInputElement;
}

export function choice(name: string, options: [string, string][], chosen = ""): HTMLSelectElement {
  const select = make("select", { name }, ...options.map(([value, words]) => make("option", { value }, words))) as HTMLSelectElement;
  select.value = chosen;
  return select;
}

/** Why a blocking conflict may stand. */
export async function askReason(title: string, conflicts: Conflict[]): Promise<string | null> {
  const values = await ask(
    title,
    make("ul", { class: "note__lines" }, ...conflicts.map((each) => make("li", {}, each.message))),
    field(say("overrule_why"), input("reason", { required: true, maxlength: 500, autocomplete: "off" })),
  );
  const reason = String(values?.get("reason") ?? "").trim();
  return reason || null;
}

export interface Added {
  kind: "blocker" | "break";
  title: string;
  room: string | null;
  startsAt: string;
  minutes: number;
}

/** A new break or blocker; `typed` is what was asked for and could not be had. */
export async function askNew(kind: "blocker" | "break", spot: Spot, store: Store, clock: Clock, typed?: Added): Promise<Added | null> {
  const rooms: [string, string][] = store.rooms
    .filter((room) => store.mayEnter({ track: null, mayMove: true }, room.code))
    .map((room) => [room.code, room.name]);
  if (store.mayEnter({ track: null, mayMove: true }, null)) rooms.unshift(["", say("whole_venue")]);
  const values = await ask(
    say(kind === "break" ? "new_break" : "new_blocker"),
    field(say(kind === "break" ? "break_title" : "blocker_note"), input("title", { required: true, maxlength: 200, autocomplete: "off", value: typed?.title ?? (kind === "break" ? say("break_default") : "") })),
    field(say("room"), choice("room", rooms, (typed ?? spot).room ?? "")),
    field(say("start"), input("start", { type: "datetime-local", required: true, value: typed?.startsAt ?? clock.field(spot.start) })),
    field(say("length"), input("minutes", { type: "number", required: true, min: 1, max: 1440, value: typed?.minutes ?? Math.round((spot.end - spot.start) / 60_000) })),
  );
  if (!values) return null;
  return {
    kind,
    title: String(values.get("title")),
    room: String(values.get("room")) || null,
    startsAt: String(values.get("start")),
    minutes: Number(values.get("minutes")),
  };
}
