// Undo and redo: the server's own steps, taken back and done again, with the words of what happened.

import { type Api, Refused } from "./api";
import { byId } from "./dom";
import type { Live } from "./live";
import type { Deed, Notices } from "./notices";
import type { Saver } from "./saving";
import type { Store } from "./store";
import type { Conflict } from "./types";
import { say } from "./words";

interface Outcome {
  words: string;
  steps: { slot: string; title: Record<string, string>; after: { room: string | null; starts_at: string; ends_at: string } | null }[];
  undo: number | null;
  redo: number | null;
}

interface Order {
  /** With the later steps that stand on it, as they were told at the `expected` version of the schedule. */
  with_later?: boolean;
  expected?: number;
  override?: string;
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
    private readonly askReason: (title: string, conflicts: Conflict[]) => Promise<string | null>,
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

  /** `order`: which steps, and why over what blocks. */
  private go(which: "undo" | "redo", order: Order = {}): void {
    if (!this.store.rights.edit) return;
    void this.saver.inTurn(async () => {
      try {
        const { body } = await this.api.ask<Outcome>("POST", `/schedule/${which}`, { body: order });
        for (const step of body.steps) this.mine.add(step.slot);
        await this.live.now();
        const words = body.steps.map((step) => this.spoken(step)).slice(0, 3).join(" ");
        const said = `${say(which === "undo" ? "undone" : "redone")} ${words}`;
        this.notices.say(said, "good");
        this.notices.speak(said);
        const first = body.steps.find((step) => step.after);
        if (first) this.focus(first.slot);
      } catch (error) {
        this.refused(which, order, error instanceof Refused ? error : new Refused(0, String(error)));
      }
    });
  }

  /** Say what is in the way, and the ways past it. */
  private refused(which: "undo" | "redo", order: Order, { message, conflicts, later }: Refused): void {
    const title = say(which === "undo" ? "not_undone" : "not_redone");
    const blocks = conflicts.filter((each) => each.grade === "blocks" && !each.accepted);
    const deeds: Deed[] = [];
    if (later.length) {
      const expected = Math.max(this.store.version, ...later);
      deeds.push({ words: say("undo_together"), act: () => this.go(which, { ...order, with_later: true, expected }) });
    }
    if (blocks.length && this.store.rights.override) {
      const words = say(which === "undo" ? "undo_all_the_same" : "redo_all_the_same");
      deeds.push({ words, act: () => void this.askReason(words, blocks).then((override) => override && this.go(which, { ...order, override })) });
    }
    this.notices.say(title, "bad");
    const lines = blocks.length ? blocks.map((each) => each.message) : [message || say("offline")];
    this.notices.note({ kind: "bad", title, lines, ...(deeds.length ? { deeds } : { fades: 12_000 }) });
  }

  private spoken(step: Outcome["steps"][number]): string {
    const title = Object.values(step.title)[0] ?? "";
    if (!step.after) return say("is_off", { title });
    const spot = { room: step.after.room, start: Date.parse(step.after.starts_at), end: Date.parse(step.after.ends_at) };
    return say("is_at", { title, spot: this.saver.spotWords(spot) });
  }
}
