// Others at the same time: what they did arrives within a second or two, with words; who is here, and what they hold.

import { type Api, Refused } from "./api";
import { titleOf } from "./cards";
import type { Grid } from "./grid";
import type { Notices } from "./notices";
import type { Store } from "./store";
import type { Clock } from "./time";
import type { Changes, Edit, Step, Whole } from "./types";
import { say } from "./words";

const every = 1_000;
const hidden = 15_000;
const present = 10_000;
const slowest = 15_000;
/** How long the server takes to tell one board everything anew, about: as many as are open take turns. */
const turn = 100;
/** Steps of others that are told one by one; more are counted. */
const told = 3;

export class Live {
  private tag: string | null = null;
  private timer = 0;
  private failures = 0;
  private asking: Promise<void> | null = null;
  private again = false;
  private readonly deeds = new Map<string, string>();
  private held: string | null = null;
  private saidAt = 0;
  /** Told when others moved what is in the hand. */
  whenHeldMoved: (words: string) => void = () => undefined;
  whenReset: () => Promise<void> = () => Promise.resolve();
  /** Told when what is in conflict changed, though no card did. */
  whenRecheck: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly api: Api,
    private readonly grid: Grid,
    private readonly notices: Notices,
    private readonly clock: Clock,
    /** Whether a slot's newest change was this page's own. */
    private readonly isMine: (step: Step) => boolean,
  ) {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      void this.now();
      void this.appear();
    });
    addEventListener("pagehide", () => {
      void this.api.ask("DELETE", `/board/present/${this.store.client}`, { keep: true }).catch(() => undefined);
    });
    addEventListener("pageshow", (event) => event.persisted && void this.appear());
  }

  start(): void {
    this.later(every);
    void this.appear();
    setInterval(() => {
      if (!document.hidden && performance.now() - this.saidAt >= present - 500) void this.appear();
    }, present);
  }

  /** Tell others that this page is open, and which slot it holds. */
  async appear(slot: string | null = this.held): Promise<void> {
    this.held = slot;
    this.saidAt = performance.now();
    const body = { slot: slot?.startsWith("new-") ? null : slot };
    await this.api.ask("PUT", `/board/present/${this.store.client}`, { body }).catch(() => undefined);
  }

  /** Who moved a slot last, and where to, in words; empty where nobody is known to have. */
  lastDeed(uuid: string): string {
    return this.deeds.get(uuid) ?? "";
  }

  /** Ask at once; one question at a time, and once more where it was asked meanwhile. `isRoutine`: nobody waits for it. */
  now(isRoutine = false): Promise<void> {
    if (this.asking) {
      this.again = true;
      return this.asking;
    }
    clearTimeout(this.timer);
    this.asking = this.ask(isRoutine).finally(() => {
      this.asking = null;
      if (this.again) {
        this.again = false;
        void this.now();
      } else this.later(document.hidden ? hidden : Math.min(every * 2 ** this.failures, slowest));
    });
    return this.asking;
  }

  private later(wait: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.now(true), wait);
  }

  private async ask(isRoutine: boolean): Promise<void> {
    const headers: Record<string, string> = this.tag ? { "If-None-Match": this.tag } : {};
    try {
      const answer = await this.api.ask<Changes>("GET", `/board/changes?since=${this.store.version}&edits=${this.store.edits}`, { headers });
      if (this.failures) this.notices.say(say("online"), "good");
      this.failures = 0;
      this.tag = answer.etag;
      if (answer.status === 304) return;
      if (answer.body.reset) {
        // All boards learn of it within the same second: they do not all read at once.
        if (isRoutine) await new Promise((go) => setTimeout(go, Math.random() * turn * answer.body.present.length));
        await this.whenReset();
        this.tell([], answer.body.edited); // with the cards: later words would talk over what a person does next
        await this.whenRecheck();
        return;
      }
      this.take(answer.body);
      if (answer.body.recheck) await this.whenRecheck();
    } catch (error) {
      if (error instanceof Refused && (error.status === 401 || error.status === 404)) {
        this.failures = 4;
        this.notices.say(say("signed_out"), "bad");
        return;
      }
      this.failures = Math.min(this.failures + 1, 4);
      if (this.failures >= 2) this.notices.say(say("offline_waiting"), "bad");
    }
  }

  private take(changes: Changes): void {
    const before = new Set(this.store.cards.keys());
    const different = this.store.apply(changes);
    for (const step of changes.steps) this.deeds.set(step.slot, this.words(step));
    const steps = changes.steps.filter((step) => !this.isMine(step));
    const moved = new Set(changes.steps.map((step) => step.session));
    const foreign = new Set([...steps.map((step) => step.slot), ...changes.slots.map((slot) => slot.uuid).filter((uuid) => !changes.steps.some((step) => step.slot === uuid))]);
    queueMicrotask(() => queueMicrotask(() => this.grid.highlight([...foreign].filter((uuid) => different.has(uuid) || !before.has(uuid)))));
    this.tell(steps, changes.edited.filter((edit) => !moved.has(edit.code)));
    const heldStep = [...steps].reverse().find((step) => step.slot === this.held);
    if (heldStep) this.whenHeldMoved(this.words(heldStep));
  }

  /** Say what others did: a few deeds one by one, more are counted. */
  private tell(steps: Step[], edits: Edit[]): void {
    const theirs = edits.filter((edit) => edit.by?.id !== this.store.me.id);
    const words = new Map(steps.map((step) => [step.slot, this.words(step)]));
    for (const edit of theirs) words.set(`${edit.action} ${edit.code}`, this.edited(edit));
    const lines = [...new Set(words.values())].filter(Boolean);
    if (!lines.length) return;
    const names = [...new Set([...steps, ...theirs].map((each) => each.by?.name ?? say("somebody")))].join(", ");
    const title = lines.length > told ? say("others_moved", { name: names, count: lines.length }) : (lines.shift() ?? "");
    this.notices.note({ kind: "info", title, lines: lines.length > told ? [] : lines, fades: 8_000 });
  }

  /** What an edit was; nothing for those that only change what is in conflict. */
  private edited(edit: Edit): string {
    const { store } = this;
    const name = edit.by?.name ?? say("somebody");
    const [kind, deed] = edit.action.split(".");
    if (kind === "speaker" && deed === "edit") return say("edited_person", { name, person: store.names([edit.code]) });
    if (kind !== "session") return ["availability", "walks", "override", "override_end"].includes(deed ?? "") ? "" : say("edited_frame", { name });
    const title = [...store.cards.values(), ...store.tray.values()].find((each) => each.session === edit.code)?.title;
    if (!title || deed === "order") return "";
    if (deed === "confirm") return say("is_confirmed", { title });
    return say(deed === "create" ? "added_session" : "edited", { name, title });
  }

  private words(step: Step): string {
    const title = titleOf(step);
    const name = step.by ? (step.by.id === this.store.me.id ? say("you") : step.by.name) : say("somebody");
    if (JSON.stringify(step.before) === JSON.stringify(step.after)) return say("edited", { name, title });
    if (!step.after) return say("took_off", { name, title });
    const start = Date.parse(step.after.starts_at);
    const room = this.store.roomName(step.after.room);
    const shownDay = this.store.days.length > 1 ? `${this.clock.day(start)}, ` : "";
    return say(step.before ? "moved_to" : "placed_in", { name, title, room, time: shownDay + this.clock.time(start) });
  }
}

/** Read the whole board. */
export async function readWhole(api: Api, store: Store): Promise<void> {
  const { body } = await api.ask<Whole>("GET", "/board");
  store.take(body);
}

/** Read the draft's conflicts; again where the page has moved on meanwhile. */
export async function readConflicts(api: Api, store: Store): Promise<void> {
  for (let tries = 3; tries > 0; tries -= 1) {
    const { body } = await api.ask<{ version: number; items: Changes["conflicts"] }>("GET", "/conflicts");
    if (body.version >= store.version) return store.setConflicts(body.items, true);
  }
}
