// Moments on the conference's clock, in words and on the grid.

import type { Day } from "./types";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export class Clock {
  private readonly times: Intl.DateTimeFormat;
  private readonly shortDays: Intl.DateTimeFormat;
  private readonly longDays: Intl.DateTimeFormat;
  private readonly fields: Intl.DateTimeFormat;
  private readonly known = new Map<Intl.DateTimeFormat, Map<number, string>>();

  constructor(zone: string, language: string) {
    this.times = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.shortDays = new Intl.DateTimeFormat(language, { timeZone: zone, weekday: "short", day: "numeric", month: "short" });
    this.longDays = new Intl.DateTimeFormat(language, { timeZone: zone, weekday: "long", day: "numeric", month: "long" });
    this.fields = new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
    });
  }

  /** Hours and minutes, such as 09:30. */
  time(moment: number): string {
    return this.said(this.times, moment);
  }

  /** Formatting is slow, and the same moments come again and again. */
  private said(format: Intl.DateTimeFormat, moment: number): string {
    let known = this.known.get(format);
    if (!known) this.known.set(format, (known = new Map()));
    let words = known.get(moment);
    if (words === undefined) known.set(moment, (words = format.format(moment)));
    return words;
  }

  range(start: number, end: number): string {
    return `${this.time(start)}–${this.time(end)}`;
  }

  /** A day in few words, such as Sat 1 Feb. */
  day(moment: number): string {
    return this.said(this.shortDays, moment);
  }

  longDay(moment: number): string {
    return this.said(this.longDays, moment);
  }

  /** The moment on another day at which clocks show the time of this one, though they are set in between. */
  onDay(moment: number, from: Day, to: Day): number {
    const there = to.start + (moment - from.start);
    const [was = 0, is = 0] = [moment, there].map((each) => {
      const [hours = 0, minutes = 0] = this.time(each).split(":").map(Number);
      return hours * 60 + minutes;
    });
    const late = ((is - was + 36 * 60) % (24 * 60)) - 12 * 60;
    return there - late * MINUTE;
  }

  /** The local wall clock as `datetime-local` fields write it: 2020-02-01T09:30. */
  field(moment: number): string {
    return this.fields.format(moment).replace(" ", "T");
  }
}

/** A moment as the server reads it. */
export function sent(moment: number): string {
  return new Date(moment).toISOString();
}

/** The nearest step of `minutes` after `origin`. */
export function snap(moment: number, origin: number, minutes: number): number {
  const step = minutes * MINUTE;
  return origin + Math.round((moment - origin) / step) * step;
}
