// What the board says: a line that is read aloud, and notes at the foot of it that stay until they are done with.

import { button, byId, make } from "./dom";
import { say } from "./words";

export interface Deed {
  words: string;
  act: () => void;
  /** The one to offer first. */
  main?: boolean;
}

export interface Note {
  kind: "bad" | "warn" | "info" | "good";
  title: string;
  lines?: string[];
  deeds?: Deed[];
  /** Milliseconds until it goes by itself; without, it stays. */
  fades?: number;
}

const most = 4;

export class Notices {
  private readonly polite = byId("board-polite");
  private readonly urgent = byId("board-urgent");
  private readonly notes = byId("board-notes");
  private readonly state = byId("board-state");

  /** Say something to those who listen. */
  speak(words: string): void {
    // A no-break space makes equal words a change, which is read again.
    this.polite.textContent = this.polite.textContent === words ? `${words}\u00a0` : words;
  }

  /** Say how saving goes, where everybody sees it. */
  say(words: string, kind: "quiet" | "busy" | "good" | "bad" = "quiet"): void {
    this.state.textContent = words;
    this.state.dataset["kind"] = kind;
  }

  /** A note with what one can do about it. */
  note(note: Note): HTMLElement {
    const close = (): void => {
      const hadFocus = box.contains(document.activeElement);
      box.remove();
      if (hadFocus) document.querySelector<HTMLElement>(".card[tabindex='0']")?.focus();
    };
    const box = make("div", { class: `note note--${note.kind}`, role: "group", "aria-label": note.title });
    box.append(make("p", { class: "note__title" }, note.title));
    if (note.lines?.length) box.append(make("ul", { class: "note__lines" }, ...note.lines.map((line) => make("li", {}, line))));
    const deeds = (note.deeds ?? []).map((deed) =>
      button(deed.words, () => {
        close();
        deed.act();
      }, { class: deed.main ? "small" : "secondary small" }),
    );
    const dismiss = button("×", close, { class: "note__close", "aria-label": say("dismiss") });
    box.append(make("div", { class: "note__deeds" }, ...deeds), dismiss);
    while (this.notes.children.length >= most) this.notes.firstElementChild?.remove();
    this.notes.append(box);
    const words = [note.title, ...(note.lines ?? [])].join(" ");
    if (note.kind === "bad") this.urgent.textContent = words;
    else this.speak(words);
    if (note.fades) setTimeout(() => box.matches(":hover, :focus-within") || box.remove(), note.fades);
    return box;
  }
}
