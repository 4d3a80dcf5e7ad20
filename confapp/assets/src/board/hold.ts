// What is in the hand, by pointer or by keyboard alike: where it would land, why it would clash, dropped or put back.

import { titleOf } from "./cards";
import { byId, make, place, size } from "./dom";
import type { Grid } from "./grid";
import type { Notices } from "./notices";
import type { Places, Thing } from "./places";
import type { Plan } from "./plan";
import type { Saver } from "./saving";
import type { Store } from "./store";
import { type Clock, MINUTE } from "./time";
import type { Busy, Card, Spot, Waiting } from "./types";
import { say } from "./words";

/** What the label at the landing place takes at most, about, in pixels. */
const labelWidth = 310;
const labelHeight = 90;

export type Mode = "move" | "start" | "end";

export interface Held {
  thing: Thing;
  waiting: Waiting | null;
  mode: Mode;
  from: Spot | null;
  spot: Spot;
  reasons: Busy[];
}

export function thingOf(card: Card): Thing {
  return { uuid: card.uuid, session: card.session, title: titleOf(card), track: card.track, people: card.people, mayMove: card.mayMove };
}

export class Hold {
  held: Held | null = null;
  /** Told which slot is in the hand, or none. */
  whenHeld: (uuid: string | null) => void = () => undefined;
  /** Dropped with others selected: moves them all; true when it took care of it. */
  dropGroup: (held: Held) => boolean = () => false;
  private readonly landing = byId("board-landing");
  private readonly label = byId("board-landing-label");
  private readonly shadeLayer = byId("board-shades");
  private readonly app = byId("board");

  constructor(
    private readonly store: Store,
    private readonly plan: Plan,
    private readonly grid: Grid,
    private readonly places: Places,
    private readonly saver: Saver,
    private readonly notices: Notices,
    private readonly clock: Clock,
  ) {}

  /** Take a card into the hand; false where the asker may not, or where it is still being saved for the first time. */
  liftCard(uuid: string, mode: Mode): boolean {
    const card = this.store.cards.get(uuid);
    if (!card || uuid.startsWith("new-")) return false;
    if (!card.mayMove || !this.store.rights.edit) {
      this.notices.speak(say("may_not_move", { title: titleOf(card) }));
      this.notices.say(say("may_not_move", { title: titleOf(card) }), "bad");
      return false;
    }
    const spot = { room: card.room, start: card.start, end: card.end };
    this.lift({ thing: thingOf(card), waiting: null, mode, from: spot, spot, reasons: [] });
    this.grid.element(uuid)?.classList.add("card--lifted");
    return true;
  }

  /** Take a session from the tray into the hand, for now at a spot. */
  liftWaiting(waiting: Waiting, spot: Spot): boolean {
    if (!waiting.mayMove || !this.store.rights.edit) return false;
    const thing: Thing = { uuid: null, session: waiting.session, title: waiting.title, track: waiting.track, people: waiting.people, mayMove: true };
    this.lift({ thing, waiting, mode: "move", from: null, spot, reasons: [] });
    return true;
  }

  private lift(held: Held): void {
    this.held = held;
    this.places.forget();
    this.app.dataset["holding"] = held.mode;
    this.landing.hidden = false;
    this.shade();
    void this.places.learn(held.thing).then((learned) => {
      if (!learned || this.held !== held) return;
      this.shade();
      this.aim(held.spot);
    });
    this.whenHeld(held.thing.uuid);
  }

  /** Say where it would land; draws only what differs. */
  aim(spot: Spot): void {
    const { held, plan } = this;
    if (!held) return;
    held.spot = spot;
    held.reasons = this.places.reasons(held.thing, spot);
    const x = plan.x(spot.room) ?? 0;
    const y = plan.y(spot.start);
    this.landing.hidden = y === undefined;
    if (y === undefined) return;
    place(this.landing, x, y);
    size(this.landing, plan.wide(spot.room), Math.max(plan.tall(spot.start, spot.end), 10));
    const grade = held.reasons[0]?.grade ?? "free";
    this.landing.dataset["grade"] = grade;
    const { right, bottom } = this.grid.seen();
    this.landing.classList.toggle("landing--left", x + labelWidth > right);
    this.landing.classList.toggle("landing--above", y + plan.tall(spot.start, spot.end) + labelHeight > bottom);
    const where = say("landing", { room: this.store.roomName(spot.room), start: this.clock.time(spot.start), end: this.clock.time(spot.end) });
    this.label.replaceChildren(
      make("strong", {}, where),
      ...held.reasons.slice(0, 3).map((each) => make("span", {}, each.reason)),
      ...(held.reasons.length > 3 ? [make("span", {}, say("more", { count: held.reasons.length - 3 }))] : []),
    );
  }

  /** Where it would land, in words for the ear. */
  spoken(): string {
    const { held, store, clock } = this;
    if (!held) return "";
    const { spot, reasons } = held;
    const values = { room: store.roomName(spot.room), day: clock.longDay(spot.start), start: clock.time(spot.start), end: clock.time(spot.end) };
    const where = say("at_place", values);
    return reasons.length ? `${where}. ${say("would_clash", { reasons: reasons.map((each) => each.reason).join("; ") })}` : `${where}. ${say("is_free")}`;
  }

  /** Shade anew: the board shows another day. */
  reshade(): void {
    this.shade();
    if (this.held) this.aim(this.held.spot);
  }

  private shade(): void {
    const { held, plan } = this;
    if (!held) return;
    const drawn = this.places.shades(held.thing).flatMap((shade) =>
      plan.stretches
        .filter(({ from, to }) => shade.start < to && shade.end > from)
        .map((stretch) => {
          const start = Math.max(shade.start, stretch.from);
          const end = Math.min(shade.end, stretch.to);
          const element = make("div", { class: `shade shade--${shade.grade}` }, make("span", {}, shade.reason));
          place(element, plan.left(shade.first), stretch.top + ((start - stretch.from) / MINUTE) * plan.minute);
          size(element, plan.left(shade.last + 1) - plan.left(shade.first), plan.tall(start, end));
          return element;
        }),
    );
    this.shadeLayer.replaceChildren(...drawn);
  }

  /** Let it go where it is aimed at; returns what was held. */
  drop(): Held | null {
    const held = this.end();
    if (!held) return null;
    const { thing, waiting, from, spot } = held;
    if (from && from.room === spot.room && from.start === spot.start && from.end === spot.end) return held;
    if (!this.store.mayEnter(thing, spot.room)) {
      const title = say("refused", { title: thing.title });
      this.notices.note({ kind: "bad", title, lines: [say("room_not_yours", { room: this.store.roomName(spot.room) })] });
      return held;
    }
    if (this.dropGroup(held)) return held;
    if (waiting) this.saver.place(waiting, spot);
    else if (thing.uuid) this.saver.move(thing.uuid, spot);
    return held;
  }

  /** Put it back where it was. */
  cancel(): Held | null {
    const held = this.end();
    if (held) this.notices.speak(say("put_back", { title: held.thing.title }));
    return held;
  }

  private end(): Held | null {
    const { held } = this;
    this.held = null;
    this.landing.hidden = true;
    this.shadeLayer.replaceChildren();
    delete this.app.dataset["holding"];
    if (held) {
      if (held.thing.uuid) this.grid.element(held.thing.uuid)?.classList.remove("card--lifted");
      this.whenHeld(null);
    }
    return held;
  }
}
