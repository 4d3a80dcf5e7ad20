// How one looks at the board: day, grid, zoom, what is hidden. Kept in the address, to share, and on this device.

import type { Store } from "./store";

export const GRIDS = [5, 10, 15, 20, 30, 60] as const;
/** Width of a room and height of a minute, in pixels, by zoom. */
export const ZOOMS = [
  { column: 44, minute: 0.9 },
  { column: 76, minute: 1.25 },
  { column: 116, minute: 1.7 },
  { column: 164, minute: 2.3 },
  { column: 220, minute: 3.2 },
  { column: 280, minute: 4.8 },
] as const;

/** How lists in the address name what has no track. */
const none = "-";

export type Panel = "tray" | "conflicts" | "card";

export interface Settings {
  /** A date, or "all". */
  day: string;
  grid: number;
  zoom: number;
  /** Codes of rooms and slugs of tracks that are not shown. */
  rooms: Set<string>;
  tracks: Set<string>;
  wholeDay: boolean;
  panel: Panel | null;
}

export class View {
  readonly settings: Settings;
  /** Nobody has said here yet whether the panel is to be open. */
  private readonly isNew: boolean;

  constructor(
    private readonly store: Store,
    private readonly slug: string,
  ) {
    const kept = this.kept();
    const asked = new URLSearchParams(location.search);
    const list = (name: string): string[] => {
      const words = asked.get(name) ?? kept[name];
      return typeof words === "string" && words ? words.split(",") : [];
    };
    const value = (name: string): string => String(asked.get(name) ?? kept[name] ?? "");
    this.isNew = value("panel") === "";
    const grid = Number(value("grid"));
    const zoom = value("zoom") === "" ? NaN : Number(value("zoom"));
    this.settings = {
      day: value("day"),
      grid: (GRIDS as readonly number[]).includes(grid) ? grid : 5,
      zoom: Number.isInteger(zoom) && zoom >= 0 && zoom < ZOOMS.length ? zoom : NaN,
      rooms: new Set(list("hide")),
      tracks: new Set(list("mute").map((slug) => (slug === none ? "" : slug))),
      wholeDay: value("hours") === "all",
      panel: panelOf(value("panel")),
    };
  }

  /** Settle what could only be checked once the draft was there. */
  settle(): void {
    const { settings, store } = this;
    if (Number.isNaN(settings.zoom)) settings.zoom = innerWidth < 700 || store.rooms.length > 10 ? 2 : 3;
    if (this.isNew && settings.panel === "tray" && !store.tray.size) settings.panel = "conflicts"; // what is left to do
    const now = Date.now();
    const today = store.days.find((day) => day.start <= now && now < day.end);
    if (settings.day !== "all" && !store.days.some((day) => day.date === settings.day)) {
      settings.day = (today ?? store.days.find((day) => this.isUsed(day.start, day.end)) ?? store.days[0])?.date ?? "all";
    }
    const { rooms, tracks } = this.known();
    const asked = new URLSearchParams(location.search);
    if (asked.has("rooms")) settings.rooms = others(rooms, asked.get("rooms") ?? "");
    if (asked.has("tracks")) settings.tracks = others(tracks, asked.get("tracks") ?? "");
    forget(settings.rooms, new Set(rooms));
    forget(settings.tracks, new Set(tracks));
  }

  private known(): { rooms: string[]; tracks: string[] } {
    return { rooms: this.store.rooms.map((room) => room.code), tracks: ["", ...this.store.tracks.keys()] };
  }

  private isUsed(start: number, end: number): boolean {
    return [...this.store.cards.values()].some((card) => start <= card.start && card.start < end);
  }

  get scale(): { column: number; minute: number } {
    return ZOOMS[this.settings.zoom] ?? ZOOMS[3];
  }

  /** Change how one looks, keep it, tell everybody. */
  set(changes: Partial<Settings>): void {
    Object.assign(this.settings, changes);
    this.keep();
    this.store.tell("view");
  }

  private keep(): void {
    const { day, grid, zoom, rooms, tracks, wholeDay, panel } = this.settings;
    const kept: Record<string, string> = {
      day,
      grid: String(grid),
      zoom: String(zoom),
      hide: [...rooms].join(","),
      mute: [...tracks].map((slug) => slug || none).join(","),
      hours: wholeDay ? "all" : "",
      panel: panel ?? "none",
    };
    try {
      localStorage.setItem(`board:${this.slug}`, JSON.stringify(kept));
    } catch {
      // A private window may refuse: the address still has it.
    }
    const address = new URL(location.href);
    const known = this.known();
    // The address names what is hidden, or what is shown, whichever is fewer.
    const shown = { rooms: fewer(known.rooms, rooms), tracks: fewer(known.tracks, tracks) };
    const said: Record<string, string> = { ...kept, ...shown, panel: "" };
    if (shown.rooms) said["hide"] = "";
    if (shown.tracks) said["mute"] = "";
    for (const [name, words] of Object.entries(said)) {
      if (words) address.searchParams.set(name, words);
      else address.searchParams.delete(name);
    }
    history.replaceState(null, "", address);
  }

  private kept(): Record<string, unknown> {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(`board:${this.slug}`) ?? "{}");
      return kept && typeof kept === "object" ? (kept as Record<string, unknown>) : {};
    } catch {
      return {};
    }
  }
}

function panelOf(words: string): Panel | null {
  if (innerWidth < 900) return null; // there it would hide the board
  if (words === "conflicts") return words;
  return words === "none" ? null : "tray";
}

/** What is shown, where that is less to say than what is hidden. */
function fewer(known: string[], hidden: ReadonlySet<string>): string {
  const shown = known.filter((each) => !hidden.has(each));
  return shown.length && shown.length < hidden.size ? shown.map((each) => each || none).join(",") : "";
}

function others(known: string[], shown: string): Set<string> {
  const wanted = new Set(shown.split(","));
  return new Set(known.filter((each) => !wanted.has(each || none)));
}

function forget(held: Set<string>, known: ReadonlySet<string>): void {
  for (const each of held) if (!known.has(each)) held.delete(each);
}
