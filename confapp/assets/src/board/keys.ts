// The keyboard: every gesture's twin. Arrows walk from card to card; what is picked up walks the grid instead.

import { titleOf } from "./cards";
import type { Grid } from "./grid";
import type { Hold } from "./hold";
import type { Notices } from "./notices";
import type { Plan } from "./plan";
import type { View } from "./settings";
import type { Store } from "./store";
import { type Clock, MINUTE, snap } from "./time";
import type { Card, Day, Spot, Waiting } from "./types";
import { say } from "./words";

export interface Orders {
  help(): void;
  undo(): void;
  redo(): void;
  unplace(uuid: string): void;
  details(uuid: string): void;
  search(): void;
  bulk(): void;
}

type Arrow = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

export class Keys {
  /** Where the focus goes back to when something from the tray is put back. */
  private origin: HTMLElement | null = null;

  constructor(
    private readonly store: Store,
    private readonly plan: Plan,
    private readonly grid: Grid,
    private readonly view: View,
    private readonly hold: Hold,
    private readonly notices: Notices,
    private readonly clock: Clock,
    private readonly orders: Orders,
    private readonly isDragging: () => boolean,
  ) {
    document.addEventListener("keydown", (event) => this.press(event));
    grid.canvas.addEventListener("focusin", (event) => {
      const uuid = event.target instanceof HTMLElement ? event.target.dataset["uuid"] : undefined;
      if (uuid) grid.rove(uuid);
    });
  }

  private press(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.isDragging() || document.querySelector("dialog[open]")) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const isTyping = target.matches("input, textarea, select, [contenteditable]");
    const command = event.ctrlKey || event.metaKey;
    if (command && !isTyping && (event.key.toLowerCase() === "z" || event.key.toLowerCase() === "y")) {
      event.preventDefault();
      if (event.key.toLowerCase() === "y" || event.shiftKey) this.orders.redo();
      else this.orders.undo();
      return;
    }
    if (isTyping || event.altKey) return;
    if (this.hold.held ? this.carry(event) : this.walk(event, target, command)) event.preventDefault();
  }

  // Nothing in the hand.

  private walk(event: KeyboardEvent, target: HTMLElement, command: boolean): boolean {
    const uuid = target.dataset["uuid"];
    const card = uuid === undefined ? undefined : this.store.cards.get(uuid);
    const inApp = target === document.body || target.closest("#board") !== null;
    if (event.key === "?" && inApp) return done(this.orders.help());
    if (event.key === "/" && inApp) return done(this.orders.search());
    const waiting = this.store.tray.get(target.dataset["session"] ?? "");
    if (waiting && (event.key === "Enter" || event.key === " ")) return this.fetch(waiting, target);
    if (waiting && event.key === "x" && !command) return done(this.store.choose(waiting.session));
    if (waiting && event.key === "m" && !command) return done(this.orders.bulk());
    if (!card) return false;
    if (command && event.key !== " ") return false;
    switch (event.key) {
      case "Enter":
        return this.lift(card);
      case " ":
        return command ? done(this.store.toggle(card.uuid)) : this.lift(card);
      case "x":
        return done(this.store.toggle(card.uuid));
      case "m":
        return done(this.orders.bulk());
      case "i":
        return done(this.orders.details(card.uuid));
      case "Delete":
      case "Backspace":
        return card.mayMove ? done(this.orders.unplace(card.uuid)) : true;
      case "PageUp":
      case "PageDown":
        return this.turn(event.key === "PageDown" ? 1 : -1);
      case "Escape":
        return this.store.selectedCount ? done(this.store.select()) : false;
      case "ArrowUp":
      case "ArrowDown":
      case "ArrowLeft":
      case "ArrowRight":
        return this.step(card, event.key);
      case "Home":
      case "End": {
        const column = this.inRoom(card.room);
        return this.focus(event.key === "Home" ? column[0] : column.at(-1));
      }
      default:
        return false;
    }
  }

  private inRoom(room: string | null): Card[] {
    return this.grid.shown().filter((card) => card.room === room && !this.grid.isMuted(card));
  }

  private step(card: Card, key: Arrow): boolean {
    if (key === "ArrowUp" || key === "ArrowDown") {
      const column = this.inRoom(card.room);
      const index = column.findIndex((each) => each.uuid === card.uuid);
      return this.focus(column[index + (key === "ArrowDown" ? 1 : -1)]);
    }
    const by = key === "ArrowRight" ? 1 : -1;
    for (let at = this.plan.columnOf(card.room) + by; at >= 0 && at < this.plan.columns.length; at += by) {
      const held = this.inRoom(this.plan.columns[at]?.code ?? null);
      const near = held.sort((a, b) => Math.abs(a.start - card.start) - Math.abs(b.start - card.start))[0];
      if (near) return this.focus(near);
    }
    return true;
  }

  private focus(card: Card | undefined): boolean {
    if (card) this.grid.focus(card.uuid);
    return true;
  }

  /** Show the next or the previous day. */
  private turn(by: number): boolean {
    const { days } = this.store;
    const { day } = this.view.settings;
    const next = days[days.findIndex((each) => each.date === day) + by];
    if (day === "all" || !next) return true;
    this.view.set({ day: next.date });
    queueMicrotask(() => {
      const first = this.grid.shown().find((card) => !this.grid.isMuted(card));
      if (first) this.grid.focus(first.uuid);
    });
    return true;
  }

  private lift(card: Card): boolean {
    if (!this.hold.liftCard(card.uuid, "move")) return true;
    this.hold.aim({ room: card.room, start: card.start, end: card.end });
    this.notices.speak(`${say("picked_up", { title: titleOf(card) })} ${say("carry_hint")}`);
    return true;
  }

  /** Pick a session up from the tray: it begins in the first room shown, at the first free time there. */
  private fetch(waiting: Waiting, from: HTMLElement): boolean {
    const { plan, store } = this;
    const stretch = plan.stretches[0];
    const room = plan.columns.find((each) => each !== null && store.mayEnter(waiting, each.code))?.code ?? null;
    if (!stretch) return true;
    let start = stretch.from;
    const length = waiting.minutes * MINUTE;
    const busy = this.inRoom(room).filter((card) => plan.stretchAt(card.start) === stretch);
    for (const card of busy) if (card.start < start + length && card.end > start) start = card.end;
    if (start + length > stretch.to) start = stretch.from;
    if (!this.hold.liftWaiting(waiting, { room, start, end: start + length })) return true;
    this.origin = from;
    this.aim({ room, start, end: start + length });
    this.grid.canvas.focus({ preventScroll: true });
    this.notices.speak(`${say("picked_up", { title: waiting.title })} ${this.hold.spoken()}. ${say("carry_hint")}`);
    return true;
  }

  // Something in the hand.

  private carry(event: KeyboardEvent): boolean {
    const { held } = this.hold;
    if (!held) return false;
    switch (event.key) {
      case "Enter":
      case " ":
        return this.drop();
      case "Escape":
        return this.putBack();
      case "Tab":
        return this.putBack() && false;
      case "PageUp":
      case "PageDown":
        return this.carryToDay(event.key === "PageDown" ? 1 : -1);
      case "ArrowUp":
      case "ArrowDown":
        return this.carryInTime(event.key === "ArrowDown" ? 1 : -1, event.shiftKey);
      case "ArrowLeft":
      case "ArrowRight":
        return event.shiftKey || this.carryToRoom(event.key === "ArrowRight" ? 1 : -1);
      default:
        return event.key === "?" ? done(this.orders.help()) : event.key.length === 1;
    }
  }

  private carryInTime(by: number, resize: boolean): boolean {
    const { held } = this.hold;
    const { grid } = this.view.settings;
    const stretch = held && this.plan.stretchAt(held.spot.start);
    if (!held || !stretch) return true;
    const { room, start, end } = held.spot;
    const next = (moment: number): number => {
      const snapped = snap(moment, stretch.day.start, grid);
      const passed = by > 0 ? snapped > moment : snapped < moment;
      return passed ? snapped : snapped + by * grid * MINUTE;
    };
    if (resize) {
      const later = next(end);
      if (later > start && later <= stretch.day.end) this.show({ room, start, end: later });
      return true;
    }
    const moved = next(start);
    if (moved < stretch.day.start || moved + (end - start) > stretch.day.end) return true;
    this.show({ room, start: moved, end: moved + (end - start) });
    return true;
  }

  /** Aim where the hours shown may not reach yet. */
  private show(spot: Spot): void {
    const stretch = this.plan.stretchAt(spot.start);
    if (stretch && (spot.start < stretch.from || spot.end > stretch.to)) {
      this.view.set({ wholeDay: true });
      this.grid.drawAll();
      this.hold.reshade();
    }
    this.say(spot);
  }

  private carryToRoom(by: number): boolean {
    const { held } = this.hold;
    if (!held) return true;
    const at = this.plan.columnOf(held.spot.room) + by;
    if (at >= 0 && at < this.plan.columns.length) this.say({ ...held.spot, room: this.plan.columns[at]?.code ?? null });
    return true;
  }

  private carryToDay(by: number): boolean {
    const { held } = this.hold;
    const { days } = this.store;
    const today = held && this.store.dayOf(held.spot.start);
    const next: Day | undefined = today ? days[days.indexOf(today) + by] : undefined;
    if (!held || !today || !next) return true;
    const start = this.clock.onDay(held.spot.start, today, next);
    if (this.view.settings.day !== "all") {
      this.view.set({ day: next.date });
      this.grid.drawAll();
      this.hold.reshade();
    }
    this.show({ ...held.spot, start, end: start + (held.spot.end - held.spot.start) });
    return true;
  }

  private aim(spot: Spot): void {
    this.hold.aim(spot);
    const landing = document.getElementById("board-landing");
    if (landing) this.grid.reveal(landing);
  }

  private say(spot: Spot): void {
    this.aim(spot);
    this.notices.speak(this.hold.spoken());
  }

  private drop(): boolean {
    const held = this.hold.drop();
    if (!held) return true;
    const uuid = held.thing.uuid ?? `new-${held.thing.session}`;
    queueMicrotask(() => queueMicrotask(() => this.grid.focus(uuid)));
    return true;
  }

  private putBack(): boolean {
    const held = this.hold.cancel();
    if (held?.thing.uuid) this.grid.focus(held.thing.uuid);
    else this.origin?.focus();
    return true;
  }
}

/** An order was carried out: the key means nothing else. */
function done(_nothing: void): boolean {
  return true;
}
