// Many at once: a selection is shifted, swapped, moved, fitted, compacted, copied or taken off, each with a look before.

import { type Api, Refused } from "./api";
import { button, byId, make, refill } from "./dom";
import { choice, field, input } from "./dialogs";
import type { Held } from "./hold";
import type { Live } from "./live";
import type { Notices } from "./notices";
import type { Saver } from "./saving";
import type { Store } from "./store";
import { type Clock, sent } from "./time";
import type { Conflict, Place } from "./types";
import { say } from "./words";

interface Preview {
  version: number;
  words: string;
  blocks: boolean;
  steps: { slot: string; title: Record<string, string>; before: Place | null; after: Place | null }[];
  conflicts: (Conflict & { is_new: boolean })[];
}

const MOVES = ["shift", "move", "swap", "fit", "compact", "room", "copy", "track", "clear"] as const;
/** What sessions without a place can be given too. */
const GIFTS: readonly Move[] = ["room", "track"];
type Move = (typeof MOVES)[number];
type Order = Record<string, unknown>;

export class Bulk {
  private readonly bar = byId("board-selection");
  private readonly dialog = byId("board-bulk") as HTMLDialogElement;
  private readonly body = byId("board-bulk-body");
  private uuids: string[] = [];
  /** Sessions of the tray. */
  private codes: string[] = [];

  constructor(
    private readonly store: Store,
    private readonly api: Api,
    private readonly saver: Saver,
    private readonly notices: Notices,
    private readonly live: Live,
    private readonly clock: Clock,
    /** The beginning of the first day that is shown. */
    private readonly morning: () => number,
  ) {
    store.on(["selection", "cards", "tray"], () => this.drawBar());
  }

  private drawBar(): void {
    const count = this.store.selectedCount;
    this.bar.hidden = count === 0;
    if (!count) return;
    refill(
      this.bar,
      make("span", {}, say("selected", { count })),
      button(say("bulk"), () => this.open(), { class: "small", "data-key": "bulk" }),
      button(say("select_none"), () => this.store.select(), { class: "secondary small", "data-key": "none" }),
    );
  }

  /** Choose a move for what is selected. */
  open(): void {
    this.uuids = [...this.store.selected];
    this.codes = [...this.store.chosen];
    if (!this.store.selectedCount || !this.store.rights.edit) return;
    this.draw(this.codes.length ? "room" : this.uuids.length === 2 ? "swap" : "shift");
    this.dialog.showModal();
  }

  /** Copy one card to other rooms. */
  copy(uuid: string): void {
    this.uuids = [uuid];
    this.codes = [];
    this.draw("copy");
    this.dialog.showModal();
  }

  /** A selection dragged together: the same distance in time for all; false where one card alone was dragged. */
  dropped(held: Held): boolean {
    const { uuid } = held.thing;
    if (!uuid || !held.from || held.mode !== "move" || !this.store.selected.has(uuid) || this.store.selected.size < 2) return false;
    this.uuids = [...this.store.selected];
    this.codes = [];
    const cards = this.uuids.flatMap((each) => this.store.cards.get(each) ?? []);
    const first = Math.min(...cards.map((card) => card.start));
    const sameRoom = new Set(cards.map((card) => card.room)).size === 1;
    const room = sameRoom && held.spot.room !== held.from.room ? held.spot.room : null;
    const order = { move: "move", slots: this.uuids, starts_at: sent(first + held.spot.start - held.from.start), room };
    refill(this.body);
    this.dialog.showModal();
    void this.preview(order);
    return true;
  }

  private draw(chosen: Move): void {
    const form = make("form", { class: "bulk-form" }) as HTMLFormElement;
    const kind = choice("move", (this.codes.length ? GIFTS : MOVES).map((move) => [move, say(`bulk_${move}`)]), chosen);
    const fields = make("div", { class: "bulk-fields" });
    kind.addEventListener("change", () => fields.replaceChildren(...this.fields(kind.value as Move)));
    fields.replaceChildren(...this.fields(chosen));
    form.append(field(say("bulk_what", { count: this.uuids.length + this.codes.length }), kind), fields);
    form.append(make("div", { class: "deeds" }, make("button", { type: "submit" }, say("preview")), button(say("cancel"), () => this.dialog.close(), { class: "secondary" })));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.preview(this.order(kind.value as Move, new FormData(form)));
    });
    refill(this.body, form);
  }

  private fields(move: Move): HTMLElement[] {
    const { store } = this;
    const rooms = store.rooms.map((room): [string, string] => [room.code, room.name]);
    const first = this.uuids.flatMap((uuid) => store.cards.get(uuid) ?? []).sort((a, b) => a.start - b.start)[0];
    switch (move) {
      case "shift":
        return [field(say("bulk_minutes"), input("minutes", { type: "number", value: 15, step: 5, required: true })), make("p", { class: "muted small" }, say("bulk_minutes_hint"))];
      case "compact":
        return [field(say("bulk_pause"), input("minutes", { type: "number", value: 0, min: 0, step: 5, required: true }))];
      case "move":
        return [
          field(say("bulk_starts"), input("starts_at", { type: "datetime-local", required: true, value: first ? this.clock.field(first.start) : "" })),
          field(say("room"), choice("room", [["", say("bulk_own_room")], ...rooms])),
        ];
      case "room":
        return [
          field(say("room"), choice("room", [["", say("whole_venue")], ...rooms], first?.room ?? (this.codes.length ? (rooms[0]?.[0] ?? "") : ""))),
          ...(this.codes.length ? this.filling() : []),
        ];
      case "track":
        return [field(say("track"), choice("track", [["", say("no_track")], ...[...store.tracks.values()].map((track): [string, string] => [track.slug, track.name])]))];
      case "copy":
        return [this.copies(first?.room ?? null, first?.start ?? 0, first?.end ?? 0)];
      default:
        return [make("p", { class: "muted small" }, say(`bulk_${move}_hint`))];
    }
  }

  /** Where sessions begin that have no place yet: at the first morning that is shown. */
  private filling(): HTMLElement[] {
    return [
      field(say("bulk_fill_starts"), input("starts_at", { type: "datetime-local", required: true, value: this.clock.field(this.morning()) })),
      field(say("bulk_pause"), input("minutes", { type: "number", value: 0, min: 0, step: 5, required: true })),
      make("p", { class: "muted small" }, say("bulk_fill_hint")),
    ];
  }

  /** The rooms to copy to: those that are free at that time are chosen already. */
  private copies(own: string | null, start: number, end: number): HTMLElement {
    const busy = new Set([...this.store.cards.values()].filter((card) => card.start < end && start < card.end).map((card) => card.room));
    const boxes = this.store.rooms.filter((room) => room.code !== own).map((room) => {
      const box = input("rooms", { type: "checkbox", value: room.code });
      box.checked = !busy.has(room.code);
      return make("li", {}, make("label", {}, box, make("span", {}, busy.has(room.code) ? say("room_busy", { room: room.name }) : room.name)));
    });
    return make("fieldset", { class: "checks" }, make("legend", {}, say("bulk_rooms")), make("ul", { tabindex: 0 }, ...boxes));
  }

  private order(move: Move, values: FormData): Order {
    const order: Order = { move, slots: this.uuids, sessions: this.codes };
    if (values.has("minutes")) order["minutes"] = Number(values.get("minutes"));
    if (values.has("starts_at")) order["starts_at"] = values.get("starts_at");
    if (values.has("room")) order["room"] = values.get("room") || null;
    if (values.has("track")) order["track"] = values.get("track") || null;
    if (move === "copy") order["rooms"] = values.getAll("rooms");
    return order;
  }

  private async preview(order: Order): Promise<void> {
    await this.saver.inTurn(async () => {
      try {
        const { body } = await this.api.ask<Preview>("POST", "/schedule/moves", { body: { ...order, preview: true } });
        this.show(order, body);
        this.notices.say("");
      } catch (error) {
        this.refuse(error, order);
      }
    });
  }

  private show(order: Order, preview: Preview): void {
    const fresh = preview.conflicts.filter((each) => each.is_new);
    const reason = input("override", { maxlength: 500, autocomplete: "off", required: preview.blocks });
    const form = make("form", { class: "bulk-form" },
      make("p", {}, say("bulk_steps", { count: preview.steps.length })),
      make("ul", { class: "bulk-steps", tabindex: 0 }, ...preview.steps.map((step) =>
        make("li", {}, make("strong", {}, Object.values(step.title)[0] ?? ""), make("span", {}, `${this.spot(step.before)} → ${this.spot(step.after)}`)),
      )),
      ...(fresh.length ? [make("h3", {}, say("bulk_conflicts", { count: fresh.length })), make("ul", { class: "conflict-list" }, ...fresh.map((each) => make("li", { class: `conflict conflict--${each.grade}` }, make("p", {}, each.message))))] : [make("p", { class: "muted" }, say("bulk_no_conflicts"))]),
      ...(preview.blocks && this.store.rights.override ? [field(say("overrule_why"), reason)] : []),
      make("div", { class: "deeds" },
        ...(preview.blocks && !this.store.rights.override ? [] : [make("button", { type: "submit", "data-key": "do" }, say("do_it"))]),
        button(say("back"), () => this.draw(order["move"] as Move), { class: "secondary" }),
        button(say("cancel"), () => this.dialog.close(), { class: "secondary" }),
      ),
    ) as HTMLFormElement;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.carryOut({ ...order, expected: preview.version, override: reason.value.trim() || null });
    });
    refill(this.body, form);
    form.querySelector<HTMLElement>("[data-key='do']")?.focus();
  }

  private async carryOut(order: Order): Promise<void> {
    await this.saver.inTurn(async () => {
      try {
        const { body } = await this.api.ask<Preview>("POST", "/schedule/moves", { body: order });
        this.dialog.close();
        this.store.chosen.clear();
        await this.live.now();
        const words = say("bulk_done", { count: body.steps.length });
        this.notices.say(words, "good");
        this.notices.speak(words);
      } catch (error) {
        if (error instanceof Refused && error.status === 412) await this.live.now();
        this.refuse(error, order);
      }
    });
  }

  private refuse(error: unknown, order: Order): void {
    const refusal = error instanceof Refused ? error : new Refused(0, String(error));
    const words = refusal.message || say("offline");
    this.notices.say(say("not_saved"), "bad");
    const { expected: _expected, override: _override, ...again } = order;
    refill(
      this.body,
      make("p", { class: "bulk-refused", role: "alert" }, words),
      ...(refusal.conflicts.length ? [make("ul", { class: "note__lines" }, ...refusal.conflicts.map((each) => make("li", {}, each.message)))] : []),
      make("div", { class: "deeds" },
        button(say("preview_again"), () => void this.preview(again)),
        button(say("back"), () => this.draw(order["move"] as Move), { class: "secondary" }),
        button(say("cancel"), () => this.dialog.close(), { class: "secondary" }),
      ),
    );
  }

  private spot(place: Place | null): string {
    if (!place) return say("nowhere");
    return this.saver.spotWords({ room: place.room, start: Date.parse(place.starts_at), end: Date.parse(place.ends_at) });
  }
}
