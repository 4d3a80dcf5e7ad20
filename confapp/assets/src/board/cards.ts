// One card on the board: its element, what it says, and what it says to those who hear it.

import { make } from "./dom";
import type { Store } from "./store";
import type { Clock } from "./time";
import type { Card, Track } from "./types";
import { say } from "./words";

/** Heights in pixels below which a card is written small, and from which it has room for more. */
const tiny = 20;
const small = 36;
const roomy = { people: 46, time: 62 };
const lineHeight = { small: 13, usual: 15 };

export interface Dress {
  height: number;
  width: number;
  muted: boolean;
  heldBy: string;
}

export function newCard(uuid: string): HTMLElement {
  return make(
    "div",
    { class: "card", role: "button", tabindex: -1, "data-uuid": uuid },
    make("span", { class: "card__edge", "aria-hidden": "true" }),
    make("span", { class: "card__title" }),
    make("span", { class: "visually-hidden" }),
    make("span", { class: "card__people", "aria-hidden": "true" }),
    make("span", { class: "card__foot", "aria-hidden": "true" }, make("span", { class: "card__time" }), make("span", { class: "card__track" })),
    make("span", { class: "card__mark", "aria-hidden": "true" }),
    make("span", { class: "card__holder", "aria-hidden": "true" }),
    make("span", { class: "card__grip card__grip--start", "aria-hidden": "true" }),
    make("span", { class: "card__grip card__grip--end", "aria-hidden": "true" }),
  );
}

/** What a card is beside its title, in words for the ear: room, time, track, people, what is wrong. */
export function spoken(card: Card, store: Store, clock: Clock): string {
  const track = card.track ? store.tracks.get(card.track) : undefined;
  const conflicts = store.conflictsAt(card.uuid).filter((each) => !each.accepted).length;
  return [
    say("at_place", { room: store.roomName(card.room), day: clock.longDay(card.start), start: clock.time(card.start), end: clock.time(card.end) }),
    track?.name ?? "",
    store.names(card.people),
    conflicts ? say("conflicts", { count: conflicts }) : "",
    card.mayMove ? "" : say("not_yours"),
  ]
    .filter(Boolean)
    .join(". ");
}

export function titleOf(card: Pick<Card, "title" | "session">): string {
  return card.session === null ? say("blocked", { note: card.title }) : card.title;
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
    dress.height < tiny ? "card--tiny" : dress.height < small ? "card--small" : "",
    dress.width < 70 ? "card--narrow" : "",
    dress.muted ? "card--muted" : "",
    blocks ? "card--blocks" : conflicts.length ? "card--warns" : all.length ? "card--let" : "",
    store.saving.has(card.uuid) ? "card--saving" : "",
    store.selected.has(card.uuid) ? "card--selected" : "",
    card.mayMove ? "" : "card--fixed",
    dress.heldBy ? "card--held" : "",
  ];
  // What a gesture or a highlight put on stays on.
  for (const kept of ["card--lifted", "card--fresh", "card--springs"]) if (element.classList.contains(kept)) classes.push(kept);
  element.className = classes.filter(Boolean).join(" ");
  const [, title, ear, people, foot, mark, holder] = [...element.children] as HTMLElement[];
  set(title, titleOf(card));
  const isSmall = dress.height < small;
  const lines = Math.max(1, Math.floor((dress.height - (isSmall ? 3 : 6)) / lineHeight[isSmall ? "small" : "usual"]) - (dress.height >= roomy.people ? 1 : 0) - (dress.height >= roomy.time ? 1 : 0));
  title?.style.setProperty("-webkit-line-clamp", String(lines));
  set(people, dress.height >= roomy.people ? store.names(card.people) : "");
  const [time, name] = [...(foot?.children ?? [])] as HTMLElement[];
  set(time, dress.height >= roomy.time ? clock.range(card.start, card.end) : "");
  set(name, dress.height >= roomy.time && track ? track.letters : "");
  set(mark, conflicts.length ? (blocks ? "!" : "?") : all.length ? "✓" : "");
  set(holder, dress.heldBy);
  set(ear, `, ${spoken(card, store, clock)}`);
  element.setAttribute("aria-pressed", String(store.selected.has(card.uuid)));
  element.setAttribute("aria-hidden", String(dress.muted));
}

function set(element: HTMLElement | undefined, words: string): void {
  if (element && element.textContent !== words) element.textContent = words;
}
