// One card on the board: its element, what it says, and what it says to those who hear it.

import { make } from "./dom";
import type { Store } from "./store";
import type { Clock } from "./time";
import type { Card, Track } from "./types";
import { say } from "./words";

/** Heights in pixels below which a card is written small, and from which it has room for more. */
const sliver = 13;
const tiny = 20;
const small = 36;
const roomy = { people: 46, time: 62 };
/** The width from which a time stands on one line. */
const wide = 84;
const lineHeight = { small: 13, usual: 15 };
/** What “…” takes behind a title, in pixels. */
const dots = 12;
/** States of sessions that will not take place. */
const gone = ["rejected", "withdrawn", "cancelled"];

export interface Dress {
  height: number;
  width: number;
  muted: boolean;
  heldBy: string;
}

/** The parts of a card that stand in it now; those that say nothing are not made. */
const partsOf = new WeakMap<HTMLElement, Map<string, HTMLElement>>();
/** How many whole lines of the title a card shows. */
const linesOf = new WeakMap<HTMLElement, number>();

export function newCard(uuid: string): HTMLElement {
  const title = make("span", { class: "card__title" });
  const ear = make("span", { class: "card__ear" });
  const card = make("div", { class: "card", role: "button", tabindex: -1, "data-uuid": uuid }, make("span", { class: "card__edge", "aria-hidden": "true" }), title, ear);
  partsOf.set(card, new Map([["title", title], ["ear", ear]]));
  return card;
}

/** Let a part of a card say something; without words it is gone. */
function part(card: HTMLElement, name: string, words: string): HTMLElement | undefined {
  const parts = partsOf.get(card);
  let held = parts?.get(name);
  if (!words && name !== "title" && name !== "ear") {
    held?.remove();
    parts?.delete(name);
    return undefined;
  }
  if (!held) {
    held = make("span", { class: `card__${name}`, "aria-hidden": "true" });
    parts?.set(name, held);
    card.append(held);
  }
  if (held.textContent !== words) held.textContent = words;
  return held;
}

/** What a card is beside its title, in words for the ear: room, time, track, people, what is wrong. */
export function spoken(card: Card, store: Store, clock: Clock): string {
  const track = card.track ? store.tracks.get(card.track) : undefined;
  const conflicts = store.conflictsAt(card.uuid).filter((each) => !each.accepted).length;
  return [
    say("at_place", { room: store.roomName(card.room), day: clock.longDay(card.start), start: clock.time(card.start), end: clock.time(card.end) }),
    track?.name ?? "",
    store.names(card.people),
    stateOf(card),
    conflicts ? say("conflicts", { count: conflicts }) : "",
    card.mayMove ? "" : say("not_yours"),
  ]
    .filter(Boolean)
    .join(". ");
}

export function titleOf(card: Pick<Card, "title" | "session">): string {
  return card.session === null ? say("blocked", { note: card.title }) : card.title;
}

/** A session's state in words, where it is not what one expects of what stands in a schedule. */
export function stateOf(card: Pick<Card, "state">): string {
  return card.state === null || card.state === "confirmed" ? "" : say(`state_${card.state}`);
}

export function trackClass(track: Track | undefined): string {
  return track ? `track-${track.colour}` : "track-none";
}

/** Bring a card's element up to date. */
export function dress(element: HTMLElement, card: Card, dress: Dress, store: Store, clock: Clock): void {
  const track = card.track ? store.tracks.get(card.track) : undefined;
  const all = store.conflictsAt(card.uuid);
  const conflicts = all.filter((each) => !each.accepted);
  const blocks = conflicts.some((each) => each.grade === "blocks");
  const classes = [
    "card",
    trackClass(track),
    card.session === null ? "card--blocker" : `card--${card.kind ?? "other"}`,
    dress.height < sliver ? "card--tiny card--sliver" : dress.height < tiny ? "card--tiny" : dress.height < small ? "card--small" : "",
    dress.width < 70 ? "card--narrow" : "",
    dress.muted ? "card--muted" : "",
    blocks ? "card--blocks" : conflicts.length ? "card--warns" : all.length ? "card--let" : "",
    store.saving.has(card.uuid) ? "card--saving" : "",
    store.selected.has(card.uuid) ? "card--selected" : "",
    card.state === "proposed" ? "card--proposed" : gone.includes(card.state ?? "") ? "card--gone" : "",
    card.mayMove ? "" : "card--fixed",
    dress.heldBy ? "card--held" : "",
  ];
  // What a gesture or a highlight put on stays on.
  for (const kept of ["card--lifted", "card--fresh", "card--springs", "card--cut"]) if (element.classList.contains(kept)) classes.push(kept);
  element.className = classes.filter(Boolean).join(" ");
  // Whole lines of the title, and a foot that covers the rest of it: one clip a card, where each costs at every move.
  const hasTime = dress.height >= roomy.time && dress.width >= wide;
  const hasPeople = dress.height >= roomy.people && card.people.length > 0;
  const line = dress.height < small ? lineHeight.small : lineHeight.usual;
  const room = dress.height - (dress.height < small ? 2 : 4);
  const lines = Math.max(1, Math.floor((room - lineHeight.usual * (Number(hasPeople) + Number(hasTime))) / line));
  linesOf.set(element, lines);
  part(element, "title", titleOf(card));
  part(element, "ear", `, ${spoken(card, store, clock)}`);
  const foot = part(element, "foot", hasPeople ? store.names(card.people) : "\u00a0");
  if (foot) foot.style.height = `${Math.max(0, room - lines * line + 2)}px`;
  part(element, "time", hasTime ? clock.range(card.start, card.end) : "");
  part(element, "track", hasTime && track ? track.letters : "");
  part(element, "mark", conflicts.length ? (blocks ? "!" : "?") : all.length ? "✓" : "");
  part(element, "holder", dress.heldBy);
  element.setAttribute("aria-pressed", String(store.selected.has(card.uuid)));
  element.setAttribute("aria-hidden", String(dress.muted));
}

/** Let “…” stand where a title goes on below what is seen: of all cards together, first looked at and then written. */
export function cut(elements: Iterable<HTMLElement>): void {
  const found = [...elements].map((element) => {
    const lines = partsOf.get(element)?.get("title")?.getClientRects() ?? [];
    const shown = linesOf.get(element) ?? 1;
    // A line may be several boxes, where a word is of another script.
    const rows = [...lines].filter((each, index) => index === 0 || each.top > (lines[index - 1]?.top ?? 0) + 4);
    const last = rows.length > shown ? rows[shown - 1] : undefined;
    const box = last && element.getBoundingClientRect();
    return { element, x: last && box ? Math.min(last.right - box.left, box.width - dots - 3) : null };
  });
  for (const { element, x } of found) {
    element.classList.toggle("card--cut", x !== null);
    if (x !== null) element.style.setProperty("--cut", `${Math.round(x)}px`);
  }
}
