// The drawing: room names, hours, days, cards, whole-venue bands and the line of now. Elements stay, and keep the focus.

import { cut, dress, newCard } from "./cards";
import { byId, make, place, size } from "./dom";
import { lanes } from "./lanes";
import type { Plan } from "./plan";
import type { View } from "./settings";
import type { Store } from "./store";
import { type Clock, HOUR, MINUTE } from "./time";
import type { Card } from "./types";
import { say } from "./words";

export class Grid {
  readonly scroll = byId("board-scroll");
  readonly canvas = byId("board-canvas");
  private readonly heads = byId("board-heads");
  private readonly axis = byId("board-axis");
  private readonly cardLayer = byId("board-cards");
  private readonly days = byId("board-days");
  private readonly bands = byId("board-bands");
  private readonly side = byId("board-side");
  private readonly nowLine = byId("board-now");
  private readonly elements = new Map<string, HTMLElement>();
  private readonly drawn = new Map<string, string>();
  /** Cards that were written anew: whether their titles fit is looked at once they are laid out. */
  private readonly written = new Set<HTMLElement>();
  private inner = { width: 0, height: 0 };
  /** The card that Tab leads to. */
  private current: string | null = null;

  constructor(
    private readonly store: Store,
    private readonly view: View,
    private readonly plan: Plan,
    private readonly clock: Clock,
  ) {
    store.on(["view"], () => this.drawAll());
    store.on(["cards", "conflicts", "selection", "saving", "present"], () => this.drawCards());
    setInterval(() => this.drawNow(), 20_000);
    void document.fonts.ready.then(() => this.cutAll());
    new ResizeObserver(() => this.measure()).observe(this.scroll);
  }

  element(uuid: string): HTMLElement | undefined {
    return this.elements.get(uuid);
  }

  /** Where the sheet's own time axis and room names end, in pixels of the scrolled area. */
  get margins(): { left: number; top: number } {
    return { left: this.axis.offsetWidth, top: this.heads.offsetHeight };
  }

  /** What is seen of the scrolled area: on a small screen the panel lies over the board's foot. */
  get frame(): DOMRect {
    const frame = this.scroll.getBoundingClientRect();
    const panel = this.side.getBoundingClientRect();
    const isOver = panel.height > 0 && panel.left < frame.right && panel.top > frame.top + this.heads.offsetHeight;
    return isOver ? new DOMRect(frame.x, frame.y, frame.width, Math.min(frame.bottom, panel.top) - frame.top) : frame;
  }

  /** How far the canvas is seen, in its own pixels. */
  seen(): { right: number; bottom: number } {
    const { scroll } = this;
    return { right: scroll.scrollLeft + this.inner.width, bottom: scroll.scrollTop + this.inner.height };
  }

  drawAll(): void {
    const { plan, canvas } = this;
    plan.settle();
    size(canvas, plan.width, plan.height);
    canvas.style.setProperty("--column", `${plan.column}px`);
    canvas.style.setProperty("--venue", `${plan.venue}px`);
    canvas.style.setProperty("--hour", `${plan.minute * 60}px`);
    canvas.style.setProperty("--grid", `${plan.minute * this.view.settings.grid}px`);
    this.heads.replaceChildren(...plan.columns.map((room) => this.head(room)));
    this.drawDays();
    this.drawCards();
    this.drawNow();
    this.measure();
  }

  private measure(): void {
    const { left, top } = this.margins;
    this.inner = { width: this.scroll.clientWidth - left, height: this.scroll.clientHeight - top };
  }

  private head(room: Plan["columns"][number]): HTMLElement {
    const facts = room ? [room.capacity === null ? "" : say("seats", { count: room.capacity }), room.venue] : [];
    const head = make(
      "div",
      { class: `head${room ? "" : " head--venue"}${this.isClosed(room) ? " head--closed" : ""}${this.plan.wide(room?.code ?? null) < 70 ? " head--narrow" : ""}`, "data-room": room?.code ?? "", title: [room?.name ?? "", ...facts, this.isClosed(room) ? say("not_yours") : ""].filter(Boolean).join(" · ") },
      make("span", { class: "head__name" }, room?.name ?? say("whole_venue")),
      make("span", { class: "head__facts" }, facts.filter(Boolean).join(" · ")),
    );
    head.style.width = `${this.plan.wide(room?.code ?? null)}px`;
    return head;
  }

  /** Whether a scope keeps the asker out of a room, whatever is to be placed. */
  private isClosed(room: Plan["columns"][number]): boolean {
    const { rooms, tracks, edit } = this.store.rights;
    return edit && rooms !== null && !tracks?.length && !(room && rooms.includes(room.code));
  }

  private drawDays(): void {
    const { plan } = this;
    const days: HTMLElement[] = [];
    const hours: HTMLElement[] = [];
    for (const { day, from, to, top, height } of plan.stretches) {
      const stretch = make("div", { class: "stretch" });
      place(stretch, 0, top);
      size(stretch, plan.width, height);
      days.push(stretch);
      if (plan.stretches.length > 1) {
        const title = make("div", { class: "day-title" }, make("span", {}, this.clock.longDay(day.start)));
        place(title, 0, top - 30);
        title.style.width = `${plan.width}px`;
        days.push(title);
      }
      for (let moment = from; moment <= to; moment += plan.minute >= 2 ? HOUR / 2 : HOUR) {
        const whole = (moment - day.start) % HOUR === 0;
        const label = make("span", { class: whole ? "hour" : "hour hour--half" }, this.clock.time(moment));
        place(label, 0, top + ((moment - from) / MINUTE) * plan.minute);
        hours.push(label);
      }
    }
    this.days.replaceChildren(...days);
    this.axis.style.height = `${plan.height}px`;
    this.axis.replaceChildren(...hours);
  }

  /** The cards that are shown, in reading order: by room, then time. */
  shown(): Card[] {
    const { plan } = this;
    return [...this.store.cards.values()]
      .filter((card) => plan.columnOf(card.room) >= 0 && plan.stretchAt(card.start))
      .sort((a, b) => plan.columnOf(a.room) - plan.columnOf(b.room) || a.start - b.start);
  }

  isMuted(card: Pick<Card, "track">): boolean {
    return this.view.settings.tracks.has(card.track ?? "");
  }

  private drawCards(): void {
    const { plan, store } = this;
    const shown = this.shown();
    const columns = new Map<string, Card[]>();
    for (const card of shown) {
      const key = `${plan.columnOf(card.room)} ${plan.stretchAt(card.start)?.top}`;
      const held = columns.get(key);
      if (held) held.push(card);
      else columns.set(key, [card]);
    }
    const holders = new Map(store.present.flatMap((each) => (each.slot && each.client !== store.client ? [[each.slot, each.name] as const] : [])));
    const seen = new Set<string>();
    for (const cards of columns.values()) {
      const side = lanes(cards);
      for (const card of cards) {
        seen.add(card.uuid);
        this.draw(card, side.get(card) ?? { lane: 0, of: 1 }, holders.get(card.uuid) ?? "");
      }
    }
    for (const [uuid, element] of this.elements) {
      if (seen.has(uuid)) continue;
      element.remove();
      this.elements.delete(uuid);
      this.drawn.delete(uuid);
    }
    this.drawBands();
    if (this.current === null || !this.elements.has(this.current)) this.current = shown.find((card) => !this.isMuted(card))?.uuid ?? null;
    this.rove(this.current);
  }

  private draw(card: Card, side: { lane: number; of: number }, heldBy: string): void {
    const { plan, store } = this;
    const width = (plan.wide(card.room) - 4) / side.of;
    const x = (plan.x(card.room) ?? 0) + 2 + side.lane * width;
    const y = Math.round(plan.y(card.start) ?? 0); // whole pixels keep words crisp
    const height = Math.max(Math.round(plan.tall(card.start, card.end)) - 2, 9);
    const muted = this.isMuted(card);
    const signs = [store.saving.has(card.uuid), store.selected.has(card.uuid), muted, heldBy];
    const names = [store.names(card.people), store.tracks.get(card.track ?? ""), store.roomName(card.room)];
    const state = JSON.stringify([card, names, x, y, width, height, signs, store.conflictsAt(card.uuid).map((each) => [each.grade, !each.accepted])]);
    if (this.drawn.get(card.uuid) === state) return;
    this.drawn.set(card.uuid, state);
    let element = this.elements.get(card.uuid);
    if (!element) {
      element = newCard(card.uuid);
      this.elements.set(card.uuid, element);
      this.cardLayer.append(element);
    }
    if (!this.written.size) requestAnimationFrame(() => setTimeout(() => this.cutWritten()));
    this.written.add(element);
    dress(element, card, { height, width, muted, heldBy }, store, this.clock);
    place(element, x, y + 1);
    size(element, width - 1, height);
  }

  private cutWritten(): void {
    cut(this.written);
    this.written.clear();
  }

  /** The page's own letters have come: titles break elsewhere. */
  private cutAll(): void {
    for (const element of this.elements.values()) this.written.add(element);
    this.cutWritten();
  }

  /** What fills the whole venue is a band behind all rooms. */
  private drawBands(): void {
    const { plan } = this;
    const bands = this.shown()
      .filter((card) => card.room === null)
      .map((card) => {
        const band = make("div", { class: "band-all" });
        place(band, plan.venue, plan.y(card.start) ?? 0);
        size(band, Math.max(0, plan.width - plan.venue), plan.tall(card.start, card.end));
        return band;
      });
    this.bands.replaceChildren(...bands);
  }

  private drawNow(): void {
    const y = this.now;
    this.nowLine.hidden = y === undefined;
    if (y !== undefined) {
      place(this.nowLine, 0, y);
      this.nowLine.dataset["time"] = this.clock.time(Date.now());
    }
  }

  /** Where the line of now runs; nowhere, outside the hours that are shown. */
  private get now(): number | undefined {
    const now = Date.now();
    return this.plan.stretches.some(({ from, to }) => from <= now && now <= to) ? this.plan.y(now) : undefined;
  }

  /** Begin where it is now, with what went before a third of the way up. */
  showNow(): void {
    const y = this.now;
    if (y !== undefined) this.scroll.scrollTop = y - this.inner.height / 3;
  }

  /** Let Tab lead to this card and to no other. */
  rove(uuid: string | null): void {
    for (const element of this.cardLayer.querySelectorAll<HTMLElement>('[tabindex="0"]')) element.tabIndex = -1;
    this.current = uuid;
    const element = uuid === null ? undefined : this.elements.get(uuid);
    if (element) element.tabIndex = 0;
  }

  /** A card's element stands for another slot from now on: a passing one has got its own. */
  rename(from: string, to: string): void {
    const element = this.elements.get(from);
    if (!element || this.elements.has(to)) return;
    this.elements.delete(from);
    this.drawn.delete(from);
    this.elements.set(to, element);
    element.dataset["uuid"] = to;
    if (this.current === from) this.current = to;
  }

  focus(uuid: string): void {
    const element = this.elements.get(uuid);
    if (!element) return;
    this.rove(uuid);
    element.focus({ preventScroll: true });
    this.reveal(element);
  }

  /** Scroll so that a card, or any part of the canvas, is seen beside names and hours. */
  reveal(element: HTMLElement): void {
    const { scroll } = this;
    const { left, top } = this.margins;
    const { frame } = this;
    const box = element.getBoundingClientRect();
    const gap = 12;
    const over = (near: number, far: number, from: number, to: number): number =>
      near < from + gap ? near - from - gap : far > to - gap ? Math.min(far - to + gap, near - from - gap) : 0;
    const across = over(box.left, box.right, frame.left + left, frame.left + scroll.clientWidth);
    const down = over(box.top, box.bottom, frame.top + top, Math.min(frame.top + scroll.clientHeight, frame.bottom));
    if (across || down) scroll.scrollBy({ left: across, top: down });
  }

  /** Let cards shine for a moment. */
  highlight(uuids: Iterable<string>): void {
    for (const uuid of uuids) {
      const element = this.elements.get(uuid);
      if (!element) continue;
      element.classList.remove("card--fresh");
      void element.offsetWidth; // starts the animation anew
      element.classList.add("card--fresh");
      setTimeout(() => element.classList.remove("card--fresh"), 4_000);
    }
  }
}
