// What the board's addresses answer, and what the page makes of it. Moments are milliseconds since 1970 once read.

/** One thing placed in a room (null: the whole venue) at a time. */
export interface Card {
  uuid: string;
  version: number;
  room: string | null;
  start: number;
  end: number;
  /** The session's code; null for a blocker. */
  session: string | null;
  title: string;
  track: string | null;
  people: string[];
  kind: string | null;
  state: string | null;
  mayMove: boolean;
}

/** A session that waits for a place. */
export interface Waiting {
  session: string;
  title: string;
  track: string | null;
  people: string[];
  kind: string;
  state: string;
  minutes: number;
  mayMove: boolean;
}

export interface Room {
  code: string;
  name: string;
  venue: string;
  capacity: number | null;
}

export interface Track {
  slug: string;
  name: string;
  colour: number;
  letters: string;
}

export interface Day {
  date: string;
  start: number;
  end: number;
}

export interface Conflict {
  rule: string;
  grade: "blocks" | "warns";
  message: string;
  slots: string[];
  subject: string;
  fingerprint?: string;
  /** Who lets it stand, and why. */
  accepted?: { reason: string } | null;
  /** Free places for the later of the two. */
  ways_out?: Way[];
}

/** A free place, with words for people. */
export interface Way extends Place {
  label: string;
}

/** What the asker may do; `rooms` and `tracks` narrow it where they are not null: either is enough. */
export interface Rights {
  edit: boolean;
  override: boolean;
  release: boolean;
  sessions: boolean;
  rooms: string[] | null;
  tracks: string[] | null;
}

/** Somebody who has the board open, and the slot in their hand. */
export interface Onlooker {
  client: string;
  account: number;
  name: string;
  slot: string | null;
}

export interface Place {
  room: string | null;
  starts_at: string;
  ends_at: string;
}

/** One step of the schedule's history. */
export interface Step {
  version: number;
  slot: string;
  /** The slot's own version now: what is known of a later one is newer. */
  slot_version: number;
  session: string | null;
  title: string;
  by: { id: number; name: string } | null;
  at: string;
  before: Place | null;
  after: Place | null;
  reason: string;
}

/** Moments as they are sent, before `toCard` reads them. */
export type SentCard = Omit<Card, "start" | "end" | "mayMove"> & { starts_at: string; ends_at: string; may_move: boolean };
export type SentWaiting = Omit<Waiting, "mayMove"> & { may_move: boolean };

/** What somebody changed without moving a slot; `code` names the session or the speaker. */
export interface Edit {
  action: string;
  code: string;
  by: { id: number; name: string } | null;
}

export interface Whole {
  version: number;
  edits: number;
  conference: { slug: string; title: string; timezone: string };
  days: { date: string; starts_at: string; ends_at: string }[];
  rooms: Room[];
  tracks: Track[];
  people: Record<string, string>;
  slots: SentCard[];
  tray: SentWaiting[];
  rights: Rights;
  me: { id: number; name: string };
  present: Onlooker[];
  now: string;
}

export interface Changes {
  version: number;
  /** Counts what was edited, as `version` counts what was moved. */
  edits: number;
  /** More changed than is told card by card: everything is to be read anew, or (recheck) all conflicts are. */
  reset: boolean;
  recheck: boolean;
  steps: Step[];
  edited: Edit[];
  /** Codes of the sessions that look different: in their cards, in the tray, or no longer there. */
  sessions: string[];
  people: Record<string, string>;
  slots: SentCard[];
  tray: SentWaiting[];
  conflicts: Conflict[];
  present: Onlooker[];
}

/** A time in which a slot would clash in a room, and why. */
export interface Busy {
  start: number;
  end: number;
  grade: "blocks" | "warns";
  rule: string;
  reason: string;
}

/** Where something is, or would go. */
export interface Spot {
  room: string | null;
  start: number;
  end: number;
}

export function toCard(sent: SentCard): Card {
  const { starts_at, ends_at, may_move, ...rest } = sent;
  return { ...rest, start: Date.parse(starts_at), end: Date.parse(ends_at), mayMove: may_move };
}

export function toWaiting(sent: SentWaiting): Waiting {
  const { may_move, ...rest } = sent;
  return { ...rest, mayMove: may_move };
}
