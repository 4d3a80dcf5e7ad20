// A look at one card in full, beside it: on hover after a moment, on keyboard focus at once. What is heard has it anyway.

import { stateOf, titleOf, trackClass } from "./cards";
import { make } from "./dom";
import type { Grid } from "./grid";
import type { Store } from "./store";
import type { Clock } from "./time";
import type { Card } from "./types";
import { say } from "./words";

const after = 350;
/** Long enough to come from the card onto the look itself. */
const stays = 160;
const gap = 6;
/** After something was dropped, what comes to lie under the pointer was not asked for. */
const rest = 900;
/** Conflicts that are named; more are counted. */
const most = 3;

export class Peek {
  private readonly box = make("div", { class: "peek", id: "board-peek", "aria-hidden": "true", hidden: true });
  private timer = 0;
  private shown: string | null = null;
  private quietUntil = 0;

  constructor(
    private readonly store: Store,
    private readonly grid: Grid,
    private readonly clock: Clock,
    private readonly app: HTMLElement,
  ) {
    app.append(this.box);
    const { canvas, scroll } = grid;
    canvas.addEventListener("pointerover", (event) => event.pointerType === "mouse" && performance.now() > this.quietUntil && this.soon(uuidOf(event.target), after));
    canvas.addEventListener("pointerleave", () => this.soon(null, stays));
    this.box.addEventListener("pointerenter", () => clearTimeout(this.timer));
    this.box.addEventListener("pointerleave", () => this.soon(null, stays));
    canvas.addEventListener("focusin", (event) => {
      if (event.target instanceof Element && event.target.matches(":focus-visible")) this.soon(uuidOf(event.target), 0);
    });
    canvas.addEventListener("focusout", () => this.soon(null, 0));
    document.addEventListener("pointerdown", () => this.hide());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.hide(), { capture: true });
    scroll.addEventListener("scroll", () => this.place(), { passive: true });
    store.on(["cards", "conflicts", "view"], () => this.draw());
  }

  private soon(uuid: string | null, wait: number): void {
    clearTimeout(this.timer);
    if (uuid === this.shown) return;
    this.timer = window.setTimeout(() => {
      this.shown = uuid;
      this.draw();
    }, uuid === null ? Math.min(wait, stays) : wait);
  }

  /** Something was picked up or put down: hide, and stay hidden for a moment. */
  rest(): void {
    this.quietUntil = performance.now() + rest;
    this.hide();
  }

  hide(): void {
    clearTimeout(this.timer);
    this.shown = null;
    this.box.hidden = true;
  }

  private draw(): void {
    const card = this.shown === null ? undefined : this.store.cards.get(this.shown);
    if (!card || "holding" in this.app.dataset) return this.hide();
    this.box.className = `peek ${trackClass(card.track ? this.store.tracks.get(card.track) : undefined)}`;
    this.box.replaceChildren(...this.lines(card));
    this.box.hidden = false;
    this.place();
  }

  private lines(card: Card): HTMLElement[] {
    const { store, clock } = this;
    const minutes = Math.round((card.end - card.start) / 60_000);
    const facts = [
      `${clock.range(card.start, card.end)} · ${say("minutes", { count: minutes })} · ${store.roomName(card.room)}`,
      store.names(card.people),
      [card.track ? (store.tracks.get(card.track)?.name ?? "") : "", stateOf(card)].filter(Boolean).join(" · "),
    ];
    const open = store.conflictsAt(card.uuid).filter((each) => !each.accepted);
    return [
      make("span", { class: "card__edge" }),
      make("strong", {}, titleOf(card)),
      ...facts.filter(Boolean).map((words) => make("span", {}, words)),
      ...open.slice(0, most).map((each) => make("span", { class: `peek__conflict peek__conflict--${each.grade}` }, each.message)),
      ...(open.length > most ? [make("span", {}, say("more", { count: open.length - most }))] : []),
    ];
  }

  /** Right of the card, or left of it, or below: within what is seen of the board. */
  private place(): void {
    const element = this.shown === null ? undefined : this.grid.element(this.shown);
    if (this.box.hidden || !element) return;
    const frame = this.grid.scroll.getBoundingClientRect();
    const { left, top } = this.grid.margins;
    const card = element.getBoundingClientRect();
    if (card.bottom < frame.top + top || card.top > frame.bottom || card.right < frame.left + left || card.left > frame.right) return this.hide();
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const isRight = card.right + gap + width <= innerWidth;
    const isLeft = card.left - gap - width >= 0;
    const x = isRight ? card.right + gap : isLeft ? card.left - gap - width : Math.min(card.left, innerWidth - width - gap);
    const y = isRight || isLeft ? card.top : card.bottom + gap;
    this.box.style.translate = `${Math.max(gap, x)}px ${Math.max(frame.top + top, Math.min(y, innerHeight - height - gap))}px`;
  }
}

function uuidOf(target: EventTarget | null): string | null {
  return target instanceof Element ? (target.closest<HTMLElement>(".card")?.dataset["uuid"] ?? null) : null;
}
