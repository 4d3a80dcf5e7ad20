// What the board says: a line that is read aloud, and notes at the foot of it that stay until they are done with.

import { button, byId, make } from "./dom";
import { say } from "./words";

export interface Deed {
  words: string;
  act: () => void;
  /** The one to offer first; a way is one of several places. */
  kind?: "main" | "way";
}

export interface Note {
  kind: "bad" | "warn" | "info" | "good";
  title: string;
  lines?: string[];
  deeds?: Deed[];
  /** What it is about: it takes the place of an older note about the same. */
  about?: string;
  /** Milliseconds until it goes by itself; without, it stays. */
  fades?: number;
}

/** Notes at once that fade, and as many that stay: one takes the oldest one's place of its own kind. What others do never
 * takes away what a person is to read. */
const most = 3;

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

  /** Close what was noted about something: it is settled. */
  close(about: string): void {
    this.notes.querySelector(`[data-about="${CSS.escape(about)}"]`)?.remove();
  }

  /** A note with what one can do about it. */
  note(note: Note): HTMLElement {
    const close = (): void => {
      const hadFocus = box.contains(document.activeElement);
      box.remove();
      if (hadFocus) document.querySelector<HTMLElement>(".card[tabindex='0']")?.focus();
    };
    if (note.about) this.close(note.about);
    const box = make("div", { class: `note note--${note.kind}`, role: "group", "aria-label": note.title, "data-about": note.about });
    box.append(make("p", { class: "note__title" }, note.title));
    if (note.lines?.length) box.append(make("ul", { class: "note__lines" }, ...note.lines.map((line) => make("li", {}, line))));
    const looks = { main: "small", way: "secondary small note__way", "": "link small" };
    const deed = (each: Deed): HTMLElement =>
      button(each.words, () => {
        close();
        each.act();
      }, { class: looks[each.kind ?? ""] });
    const deeds = note.deeds ?? [];
    const ways = deeds.filter((each) => each.kind === "way");
    if (ways.length) box.append(make("div", { class: "note__deeds" }, make("span", {}, say("free_places")), ...ways.map(deed)));
    const rest = deeds.filter((each) => each.kind !== "way");
    if (rest.length) box.append(make("div", { class: "note__deeds" }, ...rest.map(deed)));
    box.append(button("×", close, { class: "note__close", "aria-label": say("dismiss") }));
    box.dataset["stays"] = String(!note.fades);
    const alike = this.notes.querySelectorAll(`[data-stays="${!note.fades}"]`);
    if (alike.length >= most) alike[0]?.remove();
    this.notes.append(box);
    this.notes.scrollTop = this.notes.scrollHeight;
    const words = [note.title, ...(note.lines ?? [])].join(" ");
    if (note.kind === "bad") this.urgent.textContent = words;
    else this.speak(words);
    if (note.fades) setTimeout(() => box.matches(":hover, :focus-within") || box.remove(), note.fades);
    return box;
  }
}
