// Undo and redo: the server's own steps, taken back and done again, with the words of what happened.

import { type Api, Refused } from "./api";
import { byId } from "./dom";
import type { Live } from "./live";
import type { Notices } from "./notices";
import type { Saver } from "./saving";
import type { Store } from "./store";
import { say } from "./words";

interface Outcome {
  words: string;
  steps: { slot: string; title: Record<string, string>; after: { room: string | null; starts_at: string; ends_at: string } | null }[];
  undo: number | null;
  redo: number | null;
}

export class Past {
  private readonly undoButton = byId("board-undo") as HTMLButtonElement;
  private readonly redoButton = byId("board-redo") as HTMLButtonElement;
  /** Slots that the last undo or redo of this page changed, newest versions of the schedule included. */
  readonly mine = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly api: Api,
    private readonly saver: Saver,
    private readonly notices: Notices,
    private readonly live: Live,
    private readonly focus: (uuid: string) => void,
  ) {
    this.undoButton.addEventListener("click", () => this.undo());
    this.redoButton.addEventListener("click", () => this.redo());
    if (!store.rights.edit) this.undoButton.disabled = this.redoButton.disabled = true;
  }

  undo(): void {
    this.go("undo");
  }

  redo(): void {
    this.go("redo");
  }

  /** `seen`: with the later steps that stand on it, as they were told at that version of the schedule. */
  private go(which: "undo" | "redo", seen?: number): void {
    if (!this.store.rights.edit) return;
    void this.saver.inTurn(async () => {
      try {
        const { body } = await this.api.ask<Outcome>("POST", `/schedule/${which}`, { body: seen === undefined ? {} : { with_later: true, expected: seen } });
        for (const step of body.steps) this.mine.add(step.slot);
        await this.live.now();
        const words = body.steps.map((step) => this.spoken(step)).slice(0, 3).join(" ");
        const said = `${say(which === "undo" ? "undone" : "redone")} ${words}`;
        this.notices.say(said, "good");
        this.notices.speak(said);
        const first = body.steps.find((step) => step.after);
        if (first) this.focus(first.slot);
      } catch (error) {
        const words = error instanceof Refused ? error.message || say("offline") : String(error);
        const later = error instanceof Refused ? error.later : [];
        const told = Math.max(this.store.version, ...later);
        const more = later.length ? { deeds: [{ words: say("undo_together"), act: () => this.go(which, told) }] } : { fades: 12_000 };
        this.notices.say(say(which === "undo" ? "not_undone" : "not_redone"), "bad");
        this.notices.note({ kind: "bad", title: say(which === "undo" ? "not_undone" : "not_redone"), lines: [words], ...more });
      }
    });
  }

  private spoken(step: Outcome["steps"][number]): string {
    const title = Object.values(step.title)[0] ?? "";
    if (!step.after) return say("is_off", { title });
    const spot = { room: step.after.room, start: Date.parse(step.after.starts_at), end: Date.parse(step.after.ends_at) };
    return say("is_at", { title, spot: this.saver.spotWords(spot) });
  }
}
