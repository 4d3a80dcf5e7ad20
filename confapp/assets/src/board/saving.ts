// Saving: a move shows at once, is sent in its turn, and springs back with the reason where it was refused. Nothing is lost.

import { type Api, Refused } from "./api";
import { titleOf } from "./cards";
import type { Deed, Notices } from "./notices";
import type { Places, Thing } from "./places";
import { sameSpot, type Store } from "./store";
import { type Clock, sent } from "./time";
import type { Card, Conflict, Spot, Waiting } from "./types";
import { say } from "./words";

interface Saved {
  uuid: string;
  version: number;
  /** All of the slot's conflicts where it stands now. */
  warnings: Conflict[];
  /** The schedule's version that saving it made. */
  schedule_version: number;
}

export interface Look {
  /** Learn at once what changed; the words of who moved this slot last, if somebody else did. */
  now(): Promise<void>;
  lastDeed(uuid: string): string;
}

export class Saver {
  private queue: Promise<void> = Promise.resolve();
  private waiting = 0;
  /** Called with a reason for which a blocking conflict is passed over. */
  askReason: (title: string, conflicts: Conflict[]) => Promise<string | null> = () => Promise.resolve(null);
  /** Told of each slot that this page changed, and of a passing card that got its slot. */
  whenMine: (uuid: string) => void = () => undefined;
  whenRenamed: (from: string, to: string) => void = () => undefined;
  /** How long the last save took, in milliseconds, from the drop to the confirmation. */
  lastTook = 0;

  constructor(
    private readonly store: Store,
    private readonly api: Api,
    private readonly notices: Notices,
    private readonly clock: Clock,
    private readonly places: Places,
    private readonly look: Look,
    private readonly spring: (uuid: string) => void,
    private readonly grid: () => number,
  ) {}

  /** Do something once all that was sent before is settled; the page says that it is saving. */
  inTurn(act: () => Promise<void>): Promise<void> {
    this.waiting += 1;
    this.notices.say(say("saving"), "busy");
    this.queue = this.queue.then(act).catch((error: unknown) => {
      this.notices.note({ kind: "bad", title: error instanceof Error ? error.message : String(error) });
    }).finally(() => {
      this.waiting -= 1;
    });
    return this.queue;
  }

  get isBusy(): boolean {
    return this.waiting > 0;
  }

  spotWords(spot: Spot): string {
    const day = this.clock.day(spot.start);
    return say("spot", { room: this.store.roomName(spot.room), day, start: this.clock.time(spot.start), end: this.clock.time(spot.end) });
  }

  /** A place beside the one that was wanted, said in as few words as tell it apart. */
  private wayWords(way: Spot, wanted: Spot): string {
    const start = this.clock.time(way.start);
    return way.room === wanted.room ? start : say("way", { room: this.store.roomName(way.room), start });
  }

  /** Move a card: shown at once. */
  move(uuid: string, spot: Spot, override: string | null = null): void {
    const card = this.store.cards.get(uuid);
    if (!card) return;
    this.whenMine(uuid);
    this.store.saving.add(uuid);
    this.store.show(uuid, { ...card, ...spot });
    const began = performance.now();
    void this.inTurn(async () => {
      const version = this.store.confirmed.get(uuid)?.version ?? card.version;
      try {
        const body = { room: spot.room, starts_at: sent(spot.start), ends_at: sent(spot.end), override };
        const answer = await this.api.ask<Saved>("PUT", `/slots/${uuid}`, { body, headers: { "If-Match": `"${version}"` } });
        this.settled({ ...card, ...spot }, answer.body, began);
      } catch (error) {
        await this.refused(error, card, uuid, spot, () => this.move(uuid, spot), (reason) => this.move(uuid, spot, reason));
      }
    });
  }

  /** Give a session from the tray a place: its card stands there at once. */
  place(waiting: Waiting, spot: Spot, override: string | null = null): void {
    const passing = `new-${waiting.session}`;
    const { minutes: _minutes, ...rest } = waiting;
    const card: Card = { ...rest, ...spot, uuid: passing, version: 0 };
    this.store.saving.add(passing);
    this.store.tray.delete(waiting.session);
    this.store.show(passing, card);
    this.store.tell("tray");
    const began = performance.now();
    void this.inTurn(async () => {
      try {
        const body = { room: spot.room, starts_at: sent(spot.start), ends_at: sent(spot.end), override };
        const answer = await this.api.ask<Saved>("POST", `/sessions/${waiting.session}/slots`, { body });
        this.store.saving.delete(passing);
        this.store.cards.delete(passing);
        this.whenRenamed(passing, answer.body.uuid);
        this.settled(card, answer.body, began);
      } catch (error) {
        this.store.saving.delete(passing);
        this.store.show(passing, undefined);
        this.store.tray.set(waiting.session, waiting);
        this.store.tell("tray");
        await this.refused(error, card, passing, spot, () => this.place(waiting, spot), (reason) => this.place(waiting, spot, reason));
      }
    });
  }

  /** Take a card off the schedule: back into the tray, or away where it is a blocker; undo brings either back. */
  unplace(uuid: string): void {
    const card = this.store.cards.get(uuid);
    if (!card) return;
    this.whenMine(uuid);
    this.store.saving.add(uuid);
    this.store.show(uuid, undefined);
    const began = performance.now();
    void this.inTurn(async () => {
      const version = this.store.confirmed.get(uuid)?.version ?? card.version;
      try {
        await this.api.ask("DELETE", `/slots/${uuid}`, { headers: { "If-Match": `"${version}"` } });
        this.store.saving.delete(uuid);
        this.store.confirm(uuid, undefined, version + 1);
        this.done(say("unplaced", { title: titleOf(card) }), began);
        await this.look.now();
      } catch (error) {
        await this.refused(error, card, uuid, null, () => this.unplace(uuid), null);
      }
    });
  }

  /** Make something new by POST and show it where the server put it. */
  create(path: string, body: object, title: string, again: () => void): Promise<void> {
    const began = performance.now();
    const overrule = (override: string): void => void this.create(path, { ...body, override }, title, again);
    return this.attempt(async () => {
      await this.api.ask("POST", path, { body });
      this.done(say("added", { title }), began);
      await this.look.now();
    }, title, again, overrule);
  }

  /** Do something in its turn that shows nothing beforehand; a refusal says why, and what one can do. */
  attempt(act: () => Promise<void>, title: string, again: () => void, overrule: ((reason: string) => void) | null = null): Promise<void> {
    return this.inTurn(() => act().catch((error: unknown) => this.refused(error, null, null, null, again, overrule, title)));
  }

  private settled(moved: Card, saved: Saved, began: number): void {
    const { uuid, version, warnings } = saved;
    // What it says may have been edited since it was picked up; where it stands is what was sent.
    const { room, start, end } = moved;
    const card: Card = { ...(this.store.confirmed.get(uuid) ?? moved), uuid, version, room, start, end };
    this.whenMine(uuid);
    this.notices.close(card.session ?? uuid);
    this.store.confirm(uuid, card, version);
    const shown = this.store.cards.get(uuid);
    this.store.saving.delete(uuid);
    // A later move of the same card is still to be sent: it stays shown.
    const isLatest = !shown || sameSpot(shown, card);
    if (isLatest) this.store.show(uuid, card);
    else this.store.saving.add(uuid);
    this.store.tell("saving");
    this.done(say("saved", { title: titleOf(card), spot: this.spotWords(card) }), began);
    const said = warnings.filter((each) => !each.accepted && each.rule !== "unconfirmed" && each.rule !== "nobody");
    if (said.length) {
      this.notices.note({ kind: "warn", title: say("placed_with_warnings", { title: titleOf(card) }), lines: said.map((each) => each.message), fades: 12_000 });
    }
    if (!this.store.settle(uuid, warnings, saved.schedule_version)) void this.look.now();
  }

  private done(words: string, began: number): void {
    this.lastTook = performance.now() - began;
    performance.measure("board:drop-to-confirmed", { start: began, end: began + this.lastTook });
    this.notices.say(words, "good");
    this.notices.speak(words);
  }

  /** Spring back, and say why, what others did, and what one can do. */
  private async refused(
    error: unknown,
    card: Card | null,
    uuid: string | null,
    spot: Spot | null,
    again: () => void,
    overrule: ((reason: string) => void) | null,
    name = card ? titleOf(card) : "",
  ): Promise<void> {
    const refusal = error instanceof Refused ? error : new Refused(0, String(error));
    this.notices.say(say("not_saved"), "bad");
    if (refusal.status === 412 || refusal.status === 404) await this.look.now().catch(() => undefined);
    if (uuid !== null && card !== null && !uuid.startsWith("new-")) {
      this.store.saving.delete(uuid);
      this.store.show(uuid, this.store.confirmed.get(uuid));
      this.store.tell("saving");
      this.spring(uuid);
    }
    const lines: string[] = [];
    const deeds: Deed[] = [];
    let title = card ? say("refused", { title: name }) : say("not_saved");
    if (refusal.status === 0) lines.push(say("offline"));
    else if (refusal.status === 401 || (refusal.status === 400 && !refusal.conflicts.length)) lines.push(refusal.message || say("signed_out"), say("signed_out"));
    else if (refusal.status === 412 && uuid) {
      title = say("stale", { title: name });
      lines.push(this.look.lastDeed(uuid) || refusal.message);
    } else lines.push(...(refusal.conflicts.length ? blocking(refusal.conflicts) : [refusal.message]));
    if (card && spot && refusal.status === 409) {
      const thing: Thing = { ...card, uuid: card.uuid.startsWith("new-") ? null : card.uuid };
      await this.places.learn(thing);
      for (const way of this.places.ways(thing, spot, this.grid())) {
        deeds.push({ kind: "way", words: this.wayWords(way, spot), act: () => this.retry(card, way) });
      }
      this.places.forget();
    }
    if (overrule && refusal.conflicts.length && this.store.rights.override) {
      deeds.push({
        words: say("overrule"),
        act: () => void this.askReason(say("overrule_title", { title: name }), refusal.conflicts).then((reason) => reason && overrule(reason)),
      });
    }
    const words = spot && refusal.status !== 409 ? say("try_again_at", { spot: this.spotWords(spot) }) : say("try_again");
    deeds.push(refusal.status === 409 ? { words, act: again } : { words, act: again, kind: "main" });
    this.notices.note({ kind: "bad", title, lines, deeds, about: card?.session ?? uuid ?? "" });
  }

  private retry(card: Card, spot: Spot): void {
    const waiting = card.session ? this.store.tray.get(card.session) : undefined;
    if (waiting) this.place(waiting, spot);
    else this.move(card.uuid, spot);
  }
}

/** What blocks; all, where nothing does. */
function blocking(conflicts: Conflict[]): string[] {
  const blocks = conflicts.filter((each) => each.grade === "blocks");
  return (blocks.length ? blocks : conflicts).map((each) => each.message);
}

