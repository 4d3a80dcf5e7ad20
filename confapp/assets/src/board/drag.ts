// Pointers: mouse, pen and finger. A finger presses long before it drags, so that it can scroll; edges scroll by themselves.

import { make, within } from "./dom";
import type { Grid } from "./grid";
import type { Hold, Mode } from "./hold";
import type { Plan } from "./plan";
import type { View } from "./settings";
import type { Store } from "./store";
import { MINUTE, snap } from "./time";
import type { Spot, Waiting } from "./types";

const threshold = 4;
const longPress = 380;
const edge = 56;
const fastest = 18;
/** How much of a card's edges changes its length, in pixels; a finger needs more, of a card that has more. */
const gripHeight = 6;
const fingerGrip = 14;
const fingerCard = 4 * fingerGrip;

interface Press {
  pointer: number;
  uuid: string | null;
  waiting: Waiting | null;
  mode: Mode;
  x: number;
  y: number;
  timer: number;
  isMouse: boolean;
}

export class Drag {
  private press: Press | null = null;
  private ghost: HTMLElement | null = null;
  private grab = { x: 0, y: 0, time: 0 };
  private at = { x: 0, y: 0 };
  private frame = 0;
  private box = new DOMRect();
  private frameBox = new DOMRect();
  private margins = { left: 0, top: 0 };
  /** Something was dragged since the pointer went down: the click that ends it means nothing. */
  private dragged = false;
  private overDay: { tab: HTMLElement; since: number } | null = null;
  /** Dropped onto the tray: taken off the schedule. */
  whenOffBoard: (uuid: string) => void = () => undefined;
  whenClicked: (uuid: string, event: MouseEvent) => void = () => undefined;
  whenDropped: (uuid: string | null) => void = () => undefined;

  constructor(
    private readonly store: Store,
    private readonly plan: Plan,
    private readonly grid: Grid,
    private readonly view: View,
    private readonly hold: Hold,
    private readonly side: HTMLElement,
  ) {
    document.addEventListener("pointerdown", (event) => this.down(event));
    document.addEventListener("pointermove", (event) => this.move(event));
    document.addEventListener("pointerup", (event) => this.up(event));
    document.addEventListener("pointercancel", (event) => this.cancelled(event));
    // Not when the pointer goes up: the click that follows would press what opened under a finger.
    document.addEventListener("click", (event) => this.click(event));
    // While something is dragged, a finger does not scroll; while it waits for the long press, it may.
    document.addEventListener("touchmove", (event) => this.ghost && event.preventDefault(), { passive: false });
    document.addEventListener("contextmenu", (event) => this.press && event.preventDefault());
    document.addEventListener("dragstart", (event) => within(event, ".card, .waiting") && event.preventDefault());
    // A wheel, or the rest of a swing, scrolls under what is dragged.
    grid.scroll.addEventListener("scroll", () => {
      if (!this.ghost) return;
      this.measure();
      this.ask();
    }, { passive: true });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.ghost && this.stop(true));
  }

  get isDragging(): boolean {
    return this.ghost !== null;
  }

  private down(event: PointerEvent): void {
    this.dragged = false;
    if (event.button !== 0 || this.press || this.hold.held) return;
    const card = within(event, ".card");
    const item = within(event, ".waiting");
    const uuid = card?.dataset["uuid"] ?? null;
    const waiting = item ? (this.store.tray.get(item.dataset["session"] ?? "") ?? null) : null;
    if (!uuid && !waiting) return;
    const mode = card && !card.matches(".card--tiny") ? grip(card.getBoundingClientRect(), event) : "move";
    const press: Press = { pointer: event.pointerId, uuid, waiting, mode, x: event.clientX, y: event.clientY, timer: 0, isMouse: event.pointerType !== "touch" };
    this.press = press;
    this.at = { x: event.clientX, y: event.clientY };
    if (event.pointerType === "touch") press.timer = window.setTimeout(() => this.start(), longPress);
  }

  private move(event: PointerEvent): void {
    const { press } = this;
    if (!press || event.pointerId !== press.pointer) return;
    this.at = { x: event.clientX, y: event.clientY };
    if (this.ghost) {
      event.preventDefault();
      this.ask();
      return;
    }
    const far = Math.hypot(event.clientX - press.x, event.clientY - press.y) > threshold;
    if (!far) return;
    if (event.pointerType === "touch") this.stop(true); // the finger scrolls
    else this.start();
  }

  private start(): void {
    const { press, plan } = this;
    if (!press) return;
    clearTimeout(press.timer);
    this.measure();
    const origin = press.uuid ? this.grid.element(press.uuid) : null;
    const box = origin?.getBoundingClientRect();
    const card = press.uuid ? this.store.cards.get(press.uuid) : undefined;
    const minutes = press.waiting?.minutes ?? 30;
    const lifted = press.uuid
      ? this.hold.liftCard(press.uuid, press.mode)
      : press.waiting !== null && this.hold.liftWaiting(press.waiting, { room: null, start: 0, end: minutes * MINUTE });
    if (!lifted) return this.stop(true);
    this.grab = box ? { x: press.x - box.left, y: press.y - box.top, time: 0 } : { x: 24, y: 12, time: 0 };
    if (card && box) {
      const pointed = plan.at(press.y - this.box.top)?.moment ?? card.start;
      this.grab.time = pointed - (press.mode === "end" ? card.end : card.start);
    }
    const ghost = make("div", { class: "ghost", "aria-hidden": "true" });
    if (origin && press.mode === "move") {
      const copy = origin.cloneNode(true) as HTMLElement;
      copy.removeAttribute("data-uuid");
      copy.style.transform = "";
      ghost.append(copy);
    } else if (press.waiting) {
      ghost.append(make("div", { class: "ghost__words" }, press.waiting.title));
    }
    document.body.append(ghost);
    this.ghost = ghost;
    this.dragged = true;
    // Captured, a move needs no search for what lies under it; a finger's is captured by itself.
    if (press.isMouse) this.grid.scroll.setPointerCapture(press.pointer);
    document.body.classList.add("is-dragging");
    this.step();
  }

  /** Look once at what does not change while something is dragged, other than by scrolling. */
  private measure(): void {
    this.box = this.grid.canvas.getBoundingClientRect();
    this.frameBox = this.grid.frame;
    this.margins = this.grid.margins;
  }

  private ask(): void {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.step());
  }

  /** Once a frame at most: move the ghost, find the place under it, scroll at the edges. */
  private step(): void {
    this.frame = 0;
    const { ghost, press, hold } = this;
    if (!ghost || !press || !hold.held) return;
    const scrolled = this.scrollAtEdges();
    ghost.style.transform = `translate(${this.at.x - this.grab.x}px, ${this.at.y - this.grab.y}px)`;
    this.hoverDays();
    const spot = this.target(hold.held.spot);
    if (spot) {
      const now = hold.held.spot;
      if (spot.room !== now.room || spot.start !== now.start || spot.end !== now.end) hold.aim(spot);
    }
    if (scrolled || this.overDay) this.ask();
  }

  private target(now: Spot): Spot | null {
    const { plan, press } = this;
    const pointed = plan.at(this.at.y - this.box.top);
    if (!pointed || !press) return null;
    const { stretch } = pointed;
    const moment = snap(pointed.moment - this.grab.time, stretch.day.start, this.view.settings.grid);
    const least = Math.min(this.view.settings.grid, 5) * MINUTE;
    if (press.mode === "end") return { ...now, end: Math.min(Math.max(moment, now.start + least), stretch.day.end) };
    if (press.mode === "start") return { ...now, start: Math.max(Math.min(moment, now.end - least), stretch.day.start) };
    const length = now.end - now.start;
    const start = Math.min(Math.max(moment, stretch.from), Math.max(stretch.from, stretch.to - length));
    return { room: plan.roomAt(this.at.x - this.box.left), start, end: start + length };
  }

  private scrollAtEdges(): boolean {
    const { scroll } = this.grid;
    const { frameBox: frame, margins: { left, top } } = this;
    const pull = (at: number, from: number, to: number): number => {
      if (at < from + edge) return -Math.min(fastest, ((from + edge - at) / edge) * fastest);
      return at > to - edge ? Math.min(fastest, ((at - to + edge) / edge) * fastest) : 0;
    };
    const { press } = this;
    // What is picked up near an edge does not run away before it is pulled.
    if (press && Math.hypot(this.at.x - press.x, this.at.y - press.y) < edge / 2) return false;
    const inside = this.at.x >= frame.left && this.at.x <= frame.right + edge;
    if (!inside) return false;
    const x = pull(this.at.x, frame.left + left, frame.right);
    const y = pull(this.at.y, frame.top + top, frame.bottom);
    if (!x && !y) return false;
    const before = [scroll.scrollLeft, scroll.scrollTop];
    scroll.scrollBy(x, y);
    if (before[0] === scroll.scrollLeft && before[1] === scroll.scrollTop) return false;
    return true;
  }

  /** Held over a day's tab for a moment, the board turns to that day. */
  private hoverDays(): void {
    if (this.at.y > this.frameBox.top) {
      this.overDay = null;
      return;
    }
    const below = document.elementsFromPoint(this.at.x, this.at.y).find((each) => each.closest("[data-day]"));
    const tab = below?.closest<HTMLElement>("[data-day]") ?? null;
    const day = tab?.dataset["day"];
    if (!tab || !day || day === this.view.settings.day) {
      this.overDay = null;
      return;
    }
    if (this.overDay?.tab !== tab) this.overDay = { tab, since: performance.now() };
    else if (performance.now() - this.overDay.since > 500) {
      this.overDay = null;
      this.view.set({ day });
      queueMicrotask(() => {
        this.measure();
        this.hold.reshade();
      });
    }
  }

  private up(event: PointerEvent): void {
    const { press } = this;
    if (!press || event.pointerId !== press.pointer) return;
    if (!this.ghost) return this.stop(true);
    this.at = { x: event.clientX, y: event.clientY };
    const inSide = press.mode === "move" && !this.side.hidden && inside(this.side.getBoundingClientRect(), this.at);
    if (inSide) {
      this.stop(true);
      if (press.uuid) this.whenOffBoard(press.uuid);
    } else if (inside(this.grid.scroll.getBoundingClientRect(), this.at)) {
      this.step();
      this.stop(false);
    } else this.stop(true);
  }

  /** A press that was no drag; a screen reader's arrives without a pointer. */
  private click(event: MouseEvent): void {
    if (this.dragged || this.hold.held) return;
    const uuid = within(event, ".card")?.dataset["uuid"];
    const session = within(event, ".waiting")?.dataset["session"];
    if (uuid) this.whenClicked(uuid, event);
    else if (session && (event.ctrlKey || event.metaKey || event.shiftKey)) this.store.choose(session);
  }

  private cancelled(event: PointerEvent): void {
    if (this.press?.pointer === event.pointerId) this.stop(true);
  }

  private stop(putBack: boolean): void {
    const { press, ghost } = this;
    if (press) clearTimeout(press.timer);
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.press = null;
    this.ghost = null;
    this.overDay = null;
    ghost?.remove();
    document.body.classList.remove("is-dragging");
    if (!ghost) return;
    if (putBack) this.hold.cancel();
    else {
      this.hold.drop();
      this.whenDropped(press?.uuid ?? null);
    }
  }
}

/** Which edge of a card is pressed, if one is. */
function grip(box: DOMRect, { clientY: y, pointerType }: PointerEvent): Mode {
  const height = pointerType !== "touch" ? gripHeight : box.height < fingerCard ? 0 : fingerGrip;
  return y < box.top + height ? "start" : y > box.bottom - height ? "end" : "move";
}

function inside(box: DOMRect, at: { x: number; y: number }): boolean {
  return at.x >= box.left && at.x <= box.right && at.y >= box.top && at.y <= box.bottom;
}
