// Where a thing would clash: what the server says of it once it is asked, and until then what the page itself can see.

import type { Api } from "./api";
import type { Plan } from "./plan";
import type { Store } from "./store";
import { type Clock, MINUTE } from "./time";
import type { Busy, Spot } from "./types";
import { titleOf } from "./cards";
import { say } from "./words";

/** What is to be placed: a card (`uuid`) or a session from the tray. */
export interface Thing {
  uuid: string | null;
  session: string | null;
  title: string;
  track: string | null;
  people: string[];
  mayMove: boolean;
}

/** A shaded part of the board: from the first column to the last. */
export interface Shade extends Busy {
  first: number;
  last: number;
}

interface SentPlaces {
  rooms: Record<string, { starts_at: string; ends_at: string; grade: "blocks" | "warns"; rule?: string; reason: string }[]>;
}

export class Places {
  private known: Map<string, Busy[]> | null = null;
  private asked = 0;

  constructor(
    private readonly store: Store,
    private readonly plan: Plan,
    private readonly clock: Clock,
    private readonly api: Api,
  ) {}

  forget(): void {
    this.known = null;
    this.asked += 1;
  }

  /** Ask the server where the thing would clash; true when it has answered and it is still this that is held. */
  async learn(thing: Thing): Promise<boolean> {
    const asked = (this.asked += 1);
    const path = thing.uuid ? `/slots/${thing.uuid}/places` : `/sessions/${thing.session}/places`;
    try {
      const { body } = await this.api.ask<SentPlaces>("GET", path);
      if (asked !== this.asked) return false;
      this.known = new Map(
        Object.entries(body.rooms).map(([room, times]) => [
          room,
          times.map((each) => ({ start: Date.parse(each.starts_at), end: Date.parse(each.ends_at), grade: each.grade, rule: each.rule ?? "", reason: each.reason })),
        ]),
      );
      return true;
    } catch {
      return false; // what the page sees itself still shows
    }
  }

  /** All times at which the thing would clash in a room. */
  private busy(thing: Thing, room: string | null): Busy[] {
    const known = this.known?.get(room ?? "");
    if (known) return known;
    const { store, clock } = this;
    const found: Busy[] = [];
    for (const card of store.cards.values()) {
      if (card.uuid === thing.uuid) continue;
      const words = { title: titleOf(card), room: store.roomName(card.room), start: clock.time(card.start), end: clock.time(card.end) };
      if (room !== null && card.room === room) {
        found.push({ start: card.start, end: card.end, grade: "blocks", rule: "room", reason: say("busy_room", words) });
      } else if (room === null || card.room === null) {
        found.push({ start: card.start, end: card.end, grade: "warns", rule: "venue", reason: say("busy_room", words) });
      }
      const both = card.people.filter((code) => thing.people.includes(code));
      if (both.length) {
        found.push({ start: card.start, end: card.end, grade: "blocks", rule: "person", reason: say("busy_person", { ...words, person: store.names(both) }) });
      }
    }
    return found;
  }

  /** What would be wrong at a spot, what blocks first. */
  reasons(thing: Thing, spot: Spot): Busy[] {
    const found = this.busy(thing, spot.room).filter((busy) => busy.start < spot.end && spot.start < busy.end);
    if (!this.store.mayEnter(thing, spot.room)) {
      found.unshift({ start: spot.start, end: spot.end, grade: "blocks", rule: "rights", reason: say("room_not_yours", { room: this.store.roomName(spot.room) }) });
    }
    return found.sort((a, b) => Number(a.grade === "warns") - Number(b.grade === "warns"));
  }

  /** What to shade while the thing is held: not what a card in that place says already. */
  shades(thing: Thing): Shade[] {
    const { plan, store } = this;
    const grown = new Map<string, Shade>();
    const found: Shade[] = [];
    plan.columns.forEach((room, column) => {
      if (room === null && !plan.isVenueWide) return; // what any room holds is said where it stands
      const code = room?.code ?? null;
      const times = store.mayEnter(thing, code)
        ? this.busy(thing, code)
        : plan.stretches.map(({ from, to }): Busy => ({ start: from, end: to, grade: "blocks", rule: "rights", reason: say("room_not_yours", { room: store.roomName(code) }) }));
      for (const busy of times) {
        if (busy.rule === "room" && code !== null) continue;
        // A reason that holds in neighbouring rooms is one shade across them.
        const key = `${busy.start} ${busy.end} ${busy.reason}`;
        const left = grown.get(key);
        if (left && left.last >= column - 1) left.last = column;
        else {
          const shade = { ...busy, first: column, last: column };
          grown.set(key, shade);
          found.push(shade);
        }
      }
    });
    return found.slice(0, 300);
  }

  /** The nearest places without anything wrong, on the same day and on the grid. */
  ways(thing: Thing, spot: Spot, minutes: number, most = 3): Spot[] {
    const { plan, store } = this;
    const stretch = plan.stretchAt(spot.start);
    if (!stretch) return [];
    const length = spot.end - spot.start;
    const step = Math.max(minutes, 5) * MINUTE;
    const here = plan.columnOf(spot.room);
    const found: { spot: Spot; far: number }[] = [];
    plan.columns.forEach((room, column) => {
      const code = room?.code ?? null;
      if ((code === null) !== (spot.room === null) || !store.mayEnter(thing, code)) return;
      const busy = this.busy(thing, code);
      const free = (start: number): boolean => !busy.some((each) => each.start < start + length && start < each.end);
      const base = code === spot.room ? 0 : 15 + Math.abs(column - here);
      for (let away = 0; away <= 8 * 60 * MINUTE; away += step) {
        const start = [spot.start + away, spot.start - away].find(
          (each) => each >= stretch.from && each + length <= stretch.to && free(each),
        );
        if (start === undefined) continue;
        found.push({ spot: { room: code, start, end: start + length }, far: base + away / MINUTE });
        break;
      }
    });
    return found.sort((a, b) => a.far - b.far).slice(0, most).map((each) => each.spot);
  }
}
