// What the page knows of the draft: what is shown, what the server has confirmed, and who is told when it changes.

import type { Card, Changes, Conflict, Day, Onlooker, Rights, Room, Track, Waiting, Whole } from "./types";
import { toCard, toWaiting } from "./types";

export type Kind = "cards" | "tray" | "conflicts" | "present" | "view" | "selection" | "saving";

export class Store {
  version = 0;
  edits = 0;
  days: Day[] = [];
  rooms: Room[] = [];
  rights!: Rights;
  me = { id: 0, name: "" };
  readonly tracks = new Map<string, Track>();
  readonly people = new Map<string, string>();
  /** As shown: with moves that are still being saved. */
  readonly cards = new Map<string, Card>();
  /** As the server last said; undefined for what it has off the schedule. */
  readonly confirmed = new Map<string, Card>();
  readonly tray = new Map<string, Waiting>();
  readonly saving = new Set<string>();
  readonly selected = new Set<string>();
  /** Codes of sessions of the tray that are selected. */
  readonly chosen = new Set<string>();
  /** What this page calls itself among those that are open. */
  readonly client = crypto.randomUUID();
  present: Onlooker[] = [];
  conflicts: Conflict[] = [];
  private looked = new Set<string | undefined>();
  private conflictsOf = new Map<string, Conflict[]>();
  /** The newest version of each slot that the server is known to have, on the schedule or off it. */
  private readonly versions = new Map<string, number>();
  private readonly roomNames = new Map<string, Room>();
  private readonly listeners: [Set<Kind>, () => void][] = [];
  private told = new Set<Kind>();

  constructor(private readonly wholeVenue: string) {}

  /** Take everything anew; what is being saved stays as it is shown. */
  take(whole: Whole): void {
    this.version = whole.version;
    this.edits = whole.edits;
    this.days = whole.days.map((day) => ({ date: day.date, start: Date.parse(day.starts_at), end: Date.parse(day.ends_at) }));
    this.rooms = whole.rooms;
    this.rights = whole.rights;
    this.me = whole.me;
    this.present = whole.present;
    refill(this.roomNames, whole.rooms.map((room) => [room.code, room]));
    refill(this.tracks, whole.tracks.map((track) => [track.slug, track]));
    refill(this.people, Object.entries(whole.people));
    refill(this.tray, whole.tray.map((waiting) => [waiting.session, toWaiting(waiting)]));
    refill(this.confirmed, whole.slots.map((slot) => [slot.uuid, toCard(slot)]));
    refill(this.versions, whole.slots.map((slot) => [slot.uuid, slot.version]));
    const pending = [...this.saving].flatMap((uuid) => this.cards.get(uuid) ?? []);
    refill(this.cards, this.confirmed);
    for (const card of pending) this.cards.set(card.uuid, card);
    this.emptyTray();
    this.tell("cards", "tray", "present", "view");
  }

  /** Take what changed since; returns the slots that look different now. */
  apply(changes: Changes): Set<string> {
    // An answer may have been overtaken by what this page saved meanwhile: of such a slot the next one tells.
    const steps = changes.steps.filter((step) => step.slot_version >= (this.versions.get(step.slot) ?? 0));
    const stepped = new Set(steps.map((step) => step.slot));
    const fresh = new Map(changes.slots.map((slot) => [slot.uuid, toCard(slot)]));
    const touched = new Set([...stepped, ...fresh.keys()]);
    const different = new Set<string>();
    for (const [code, name] of Object.entries(changes.people)) this.people.set(code, name);
    for (const uuid of touched) {
      const card = fresh.get(uuid);
      if (card && !stepped.has(uuid)) {
        if (this.redress(card)) different.add(uuid);
        continue;
      }
      if (card) this.confirmed.set(uuid, card);
      else this.confirmed.delete(uuid);
      if (!this.saving.has(uuid)) {
        if (!sameSpot(this.cards.get(uuid), card)) different.add(uuid);
        this.show(uuid, card);
      }
    }
    for (const step of steps) {
      this.versions.set(step.slot, step.slot_version);
      if (step.session) this.tray.delete(step.session);
    }
    for (const code of changes.sessions) this.tray.delete(code);
    for (const waiting of changes.tray) this.tray.set(waiting.session, toWaiting(waiting));
    this.emptyTray();
    if (touched.size) {
      this.setConflicts([...this.conflicts.filter((each) => !each.slots.some((uuid) => touched.has(uuid))), ...changes.conflicts.filter((each) => each.slots.some((uuid) => touched.has(uuid)))]);
    }
    this.version = Math.max(this.version, changes.version);
    this.edits = Math.max(this.edits, changes.edits);
    this.present = changes.present;
    this.tell("present", ...(touched.size || changes.sessions.length ? (["cards", "tray"] as const) : []));
    return different;
  }

  /** A card says something else, and stands where it stood, or where it is being moved to; whether it looks different. */
  private redress(fresh: Card): boolean {
    const now = (held: Card): Card => ({ ...fresh, version: held.version, room: held.room, start: held.start, end: held.end });
    const held = this.confirmed.get(fresh.uuid);
    if (held) this.confirmed.set(fresh.uuid, now(held));
    const shown = this.cards.get(fresh.uuid);
    if (!shown || JSON.stringify(now(shown)) === JSON.stringify({ ...now(shown), ...shown })) return false;
    this.show(fresh.uuid, now(shown));
    return true;
  }

  /** What stands on the board does not wait. */
  private emptyTray(): void {
    for (const card of this.cards.values()) if (card.session) this.tray.delete(card.session);
    for (const code of this.chosen) if (!this.tray.has(code)) this.chosen.delete(code);
    this.tell("selection");
  }

  /** A slot was saved: these are its conflicts now. True where no step of others lies between and the draft is known. */
  settle(uuid: string, conflicts: Conflict[], version: number): boolean {
    this.setConflicts([...this.conflicts.filter((each) => !each.slots.includes(uuid)), ...conflicts]);
    if (version !== this.version + 1) return false;
    this.version = version;
    return true;
  }

  /** The server has said where a slot stands (undefined: nowhere) in its newest version. */
  confirm(uuid: string, card: Card | undefined, version: number): void {
    this.versions.set(uuid, version);
    if (card) this.confirmed.set(uuid, card);
    else this.confirmed.delete(uuid);
  }

  /** Show a slot somewhere (undefined: nowhere). */
  show(uuid: string, card: Card | undefined): void {
    if (card) this.cards.set(uuid, card);
    else {
      this.cards.delete(uuid);
      this.selected.delete(uuid);
    }
    this.tell("cards");
  }

  /** `withWays`: these are all of the draft, and know where else their slots could go. */
  setConflicts(conflicts: Conflict[], withWays = false): void {
    this.conflicts = conflicts;
    if (withWays) this.looked = new Set(conflicts.map((each) => each.fingerprint));
    this.conflictsOf = new Map();
    for (const conflict of conflicts) {
      for (const uuid of conflict.slots) {
        const held = this.conflictsOf.get(uuid);
        if (held) held.push(conflict);
        else this.conflictsOf.set(uuid, [conflict]);
      }
    }
    this.tell("conflicts", "cards");
  }

  /** Whether free places were looked for. */
  hasWays(conflict: Conflict): boolean {
    return this.looked.has(conflict.fingerprint);
  }

  conflictsAt(uuid: string): Conflict[] {
    return this.conflictsOf.get(uuid) ?? [];
  }

  roomName(code: string | null): string {
    return code === null ? this.wholeVenue : (this.roomNames.get(code)?.name ?? code);
  }

  names(codes: readonly string[]): string {
    return codes.map((code) => this.people.get(code) ?? code).join(", ");
  }

  dayOf(moment: number): Day | undefined {
    return this.days.find((day) => day.start <= moment && moment < day.end);
  }

  /** Whether the asker may put this thing into a room. */
  mayEnter(thing: { track: string | null; mayMove: boolean }, room: string | null): boolean {
    const { edit, rooms, tracks } = this.rights;
    if (!edit || !thing.mayMove) return false;
    if (rooms === null || tracks === null) return true;
    return (thing.track !== null && tracks.includes(thing.track)) || (room !== null && rooms.includes(room));
  }

  select(...uuids: string[]): void {
    this.selected.clear();
    this.chosen.clear();
    for (const uuid of uuids) this.selected.add(uuid);
    this.tell("selection");
  }

  toggle(uuid: string): void {
    if (!this.selected.delete(uuid)) this.selected.add(uuid);
    this.tell("selection");
  }

  /** Select a session of the tray, or no longer. */
  choose(code: string): void {
    if (!this.chosen.delete(code)) this.chosen.add(code);
    this.tell("selection");
  }

  get selectedCount(): number {
    return this.selected.size + this.chosen.size;
  }

  /** Call `listener` soon after any of these changed, once for all that changed together. */
  on(kinds: Kind[], listener: () => void): void {
    this.listeners.push([new Set(kinds), listener]);
  }

  tell(...kinds: Kind[]): void {
    if (!this.told.size) queueMicrotask(() => this.flush());
    for (const kind of kinds) this.told.add(kind);
  }

  private flush(): void {
    const told = this.told;
    this.told = new Set();
    for (const [kinds, listener] of this.listeners) if ([...kinds].some((kind) => told.has(kind))) listener();
  }
}

export function sameSpot(one: Card | undefined, other: Card | undefined): boolean {
  return one?.room === other?.room && one?.start === other?.start && one?.end === other?.end;
}

function refill<K, V>(map: Map<K, V>, entries: Iterable<readonly [K, V]>): void {
  const fresh = [...entries];
  map.clear();
  for (const [key, value] of fresh) map.set(key, value);
}
