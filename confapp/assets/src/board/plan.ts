// The geometry of the board: which days and rooms are shown, where a time in a room lies, and what lies at a point.

import type { View } from "./settings";
import type { Store } from "./store";
import { type Clock, HOUR, MINUTE } from "./time";
import type { Day, Room } from "./types";

/** A day as drawn: the hours shown, and the pixels from the top. */
export interface Stretch {
  day: Day;
  from: number;
  to: number;
  top: number;
  height: number;
}

const dayGap = 34;
const narrow = 36;

export class Plan {
  stretches: Stretch[] = [];
  /** The columns: null is the whole venue. */
  columns: (Room | null)[] = [];
  column = 0;
  minute = 0;
  /** The width of the first column, the whole venue's: narrow while nothing is there. */
  venue = 0;
  width = 0;
  height = 0;
  private places = new Map<string | null, number>();

  constructor(
    private readonly store: Store,
    private readonly view: View,
    private readonly clock: Clock,
  ) {}

  /** Lay out anew, as one looks at it now. */
  settle(): void {
    const { store, view } = this;
    const { settings } = view;
    ({ column: this.column, minute: this.minute } = view.scale);
    this.columns = [null, ...store.rooms.filter((room) => !settings.rooms.has(room.code))];
    this.places = new Map(this.columns.map((room, index) => [room?.code ?? null, index]));
    const shown = store.days.filter((day) => settings.day === "all" || day.date === settings.day);
    this.stretches = [];
    let top = 0;
    for (const day of shown) {
      if (shown.length > 1) top += dayGap;
      const [from, to] = this.hours(day);
      const height = ((to - from) / MINUTE) * this.minute;
      this.stretches.push({ day, from, to, top, height });
      top += height;
    }
    const hasVenue = [...store.cards.values()].some((card) => card.room === null && this.stretchAt(card.start));
    this.venue = hasVenue ? this.column : Math.min(this.column, narrow);
    this.width = this.venue + (this.columns.length - 1) * this.column;
    this.height = top;
  }

  /** From when to when a day is shown: what is on it with an hour around, at least nine to six; or all of it. */
  private hours(day: Day): [number, number] {
    if (this.view.settings.wholeDay) return [day.start, day.end];
    // A conference's day may begin in the morning, and end in the next one's small hours.
    const [hours = 0, minutes = 0] = this.clock.time(day.start).split(":").map(Number);
    const morning = day.start + Math.max(0, 9 * HOUR - hours * HOUR - minutes * MINUTE);
    let from = morning;
    let to = morning + 9 * HOUR;
    for (const card of this.store.cards.values()) {
      if (card.start < day.start || card.start >= day.end) continue;
      from = Math.min(from, card.start - HOUR / 2);
      to = Math.max(to, card.end + HOUR / 2);
    }
    const whole = (moment: number, round: (value: number) => number): number => day.start + round((moment - day.start) / HOUR) * HOUR;
    return [Math.max(day.start, whole(from, Math.floor)), Math.min(day.end, whole(to, Math.ceil))];
  }

  stretchAt(moment: number): Stretch | undefined {
    return this.stretches.find(({ day }) => day.start <= moment && moment < day.end);
  }

  x(room: string | null): number | undefined {
    const index = this.places.get(room);
    return index === undefined ? undefined : this.left(index);
  }

  /** Where a column begins, by its number; one more than the last is the end of all. */
  left(index: number): number {
    return index === 0 ? 0 : this.venue + (index - 1) * this.column;
  }

  /** Whether the whole venue's column has room for words. */
  get isVenueWide(): boolean {
    return this.venue > narrow;
  }

  wide(room: string | null): number {
    return room === null ? this.venue : this.column;
  }

  columnOf(room: string | null): number {
    return this.places.get(room) ?? -1;
  }

  /** Pixels from the top; undefined for a day that is not shown. */
  y(moment: number): number | undefined {
    const stretch = this.stretchAt(moment);
    return stretch && stretch.top + ((moment - stretch.from) / MINUTE) * this.minute;
  }

  tall(start: number, end: number): number {
    return ((end - start) / MINUTE) * this.minute;
  }

  roomAt(x: number): string | null {
    const index = Math.min(Math.max(x < this.venue ? 0 : 1 + Math.floor((x - this.venue) / this.column), 0), this.columns.length - 1);
    return this.columns[index]?.code ?? null;
  }

  /** The moment at a height, and the stretch it is in; the nearest one where none is there. */
  at(y: number): { moment: number; stretch: Stretch } | undefined {
    let near: Stretch | undefined;
    for (const stretch of this.stretches) if (!near || y >= stretch.top - dayGap) near = stretch;
    if (!near) return undefined;
    const inside = Math.min(Math.max(y - near.top, 0), near.height);
    return { moment: near.from + (inside / this.minute) * MINUTE, stretch: near };
  }
}
