// Beside the board: the tray of what waits for a place, the conflicts, and one card with all that can be done to it.

import { stateOf, titleOf, trackClass } from "./cards";
import { button, byId, make, refill } from "./dom";
import type { Grid } from "./grid";
import type { Saver } from "./saving";
import type { Panel, View } from "./settings";
import type { Store } from "./store";
import type { Clock } from "./time";
import type { Conflict, Waiting } from "./types";
import { say } from "./words";

export interface SideDeeds {
  copy(uuid: string): void;
  unplace(uuid: string): void;
  goTo(uuid: string): void;
  /** Let a conflict stand for a reason, or no longer. */
  letStand(conflict: Conflict): void;
  takeBack(conflict: Conflict): void;
  /** Find free places for the conflicts that are new. */
  findWays(): void;
}

const collate = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });

export class Side {
  readonly element = byId("board-side");
  private readonly body = byId("board-side-body");
  private readonly search = byId("board-search") as HTMLInputElement;
  private readonly sort = byId("board-sort") as HTMLSelectElement;
  private readonly tools = byId("board-tray-tools");
  private shownCard: string | null = null;

  constructor(
    private readonly store: Store,
    private readonly view: View,
    private readonly grid: Grid,
    private readonly saver: Saver,
    private readonly clock: Clock,
    private readonly base: string,
    private readonly deeds: SideDeeds,
  ) {
    for (const tab of this.tabs()) tab.addEventListener("click", () => this.open(tab.dataset["panel"] as Panel));
    byId("board-side-close").addEventListener("click", () => view.set({ panel: null }));
    this.search.addEventListener("input", () => this.draw());
    this.sort.addEventListener("change", () => this.draw());
    store.on(["tray", "conflicts", "cards", "view", "selection"], () => this.draw());
  }

  private tabs(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>("[data-panel]")];
  }

  open(panel: Panel): void {
    this.view.set({ panel });
  }

  /** Show one card and all that can be done to it. */
  show(uuid: string): void {
    this.shownCard = uuid;
    this.open("card");
  }

  focusSearch(): void {
    this.open("tray");
    queueMicrotask(() => this.search.focus());
  }

  private draw(): void {
    const { panel } = this.view.settings;
    this.element.hidden = panel === null;
    byId("board").classList.toggle("board--with-side", panel !== null);
    byId("board-tray-count").textContent = String(this.store.tray.size);
    const open = this.store.conflicts.filter((each) => !each.accepted);
    const grade = open.some((each) => each.grade === "blocks") ? "blocks" : open.length ? "warns" : "none";
    for (const id of ["board-conflict-count", "board-panel-count"]) {
      byId(id).textContent = String(open.length);
      byId(id).dataset["grade"] = grade;
    }
    byId("board-panel-count").title = say("conflicts", { count: open.length });
    for (const tab of this.tabs()) tab.setAttribute("aria-pressed", String(tab.dataset["panel"] === panel));
    this.tools.hidden = panel !== "tray";
    if (panel === "tray") this.drawTray();
    else if (panel === "conflicts") this.drawConflicts(open);
    else if (panel === "card") this.drawCard();
  }

  // The tray.

  private drawTray(): void {
    const asked = fold(this.search.value);
    const found = [...this.store.tray.values()].filter(
      (each) =>
        !this.grid.isMuted(each) &&
        (!asked || fold([each.title, this.store.names(each.people), each.session, this.trackName(each.track)].join(" ")).includes(asked)),
    );
    const by: Record<string, (a: Waiting, b: Waiting) => number> = {
      title: (a, b) => collate.compare(a.title, b.title),
      people: (a, b) => collate.compare(this.store.names(a.people), this.store.names(b.people)),
      track: (a, b) => collate.compare(this.trackName(a.track), this.trackName(b.track)) || collate.compare(a.title, b.title),
      minutes: (a, b) => b.minutes - a.minutes || collate.compare(a.title, b.title),
    };
    found.sort(by[this.sort.value] ?? by["title"]);
    if (!found.length) {
      const words = this.store.tray.size ? say("tray_none_found") : say("tray_empty");
      return refill(this.body, make("p", { class: "side__empty" }, words));
    }
    refill(this.body, make("ul", { class: "tray" }, ...found.map((each) => make("li", {}, this.waiting(each), ...this.tick(each)))));
  }

  private waiting(each: Waiting): HTMLElement {
    const track = each.track ? this.store.tracks.get(each.track) : undefined;
    const facts = [say("minutes", { count: each.minutes }), this.store.names(each.people), track?.name ?? ""].filter(Boolean);
    return make(
      "div",
      {
        class: `waiting ${trackClass(track)}${each.mayMove ? "" : " waiting--fixed"}`,
        role: "button",
        tabindex: 0,
        "data-session": each.session,
        "data-key": each.session,
      },
      make("span", { class: "card__edge", "aria-hidden": "true" }),
      make("strong", {}, each.title),
      make("span", { class: "waiting__facts" }, facts.join(" · ")),
      make("span", { class: "visually-hidden" }, each.mayMove ? say("tray_hint") : say("not_yours")),
    );
  }

  /** What selects it: for a track or a room that many get at once. */
  private tick(each: Waiting): HTMLElement[] {
    if (!each.mayMove || !this.store.rights.edit) return [];
    const box = make("input", { type: "checkbox", class: "waiting__tick", "data-key": `tick ${each.session}`, "aria-label": say("select_one", { title: each.title }) }) as HTMLInputElement;
    box.checked = this.store.chosen.has(each.session);
    box.addEventListener("change", () => this.store.choose(each.session));
    return [box];
  }

  private trackName(slug: string | null): string {
    return slug ? (this.store.tracks.get(slug)?.name ?? "") : "";
  }

  // The conflicts.

  private drawConflicts(open: Conflict[]): void {
    if (!this.store.conflicts.length) return refill(this.body, make("p", { class: "side__empty" }, say("no_conflicts")));
    if (this.store.rights.edit && !open.every((each) => this.store.hasWays(each))) this.deeds.findWays();
    const stands = this.store.conflicts.filter((each) => each.accepted);
    const blocks = open.filter((each) => each.grade === "blocks");
    const warns = open.filter((each) => each.grade !== "blocks");
    const part = (title: string, conflicts: Conflict[]): HTMLElement[] =>
      conflicts.length ? [make("h2", {}, `${title} (${conflicts.length})`), make("ul", { class: "conflict-list" }, ...conflicts.map((each) => this.conflict(each)))] : [];
    refill(this.body, ...part(say("blocks"), blocks), ...part(say("warns"), warns), ...part(say("let_stand"), stands));
  }

  private conflict(conflict: Conflict): HTMLElement {
    const ways = conflict.ways_out ?? [];
    const later = conflict.slots.at(-1);
    const rows: Node[] = [
      make("p", {}, conflict.message),
      make("div", { class: "deeds" }, ...conflict.slots.flatMap((uuid) => {
        const card = this.store.cards.get(uuid);
        return card ? [button(say("show", { title: titleOf(card) }), () => this.deeds.goTo(uuid), { class: "link small", "data-key": `show ${uuid} ${conflict.rule}` })] : [];
      })),
    ];
    const card = later ? this.store.cards.get(later) : undefined;
    if (ways.length && !conflict.accepted && card?.mayMove && this.store.rights.edit) {
      rows.push(make("p", { class: "ways" }, say("ways_out", { title: titleOf(card) })));
      rows.push(make("div", { class: "deeds" }, ...ways.slice(0, 3).map((way) =>
        button(way.label, () => this.saver.move(card.uuid, { room: way.room, start: Date.parse(way.starts_at), end: Date.parse(way.ends_at) }), { class: "secondary small" }),
      )));
    }
    if (conflict.accepted) {
      rows.push(make("p", { class: "ways" }, say("stands_because", { reason: conflict.accepted.reason })));
      if (this.store.rights.edit) rows.push(button(say("take_back"), () => this.deeds.takeBack(conflict), { class: "link small" }));
    } else if (conflict.fingerprint && this.store.rights.edit && (conflict.grade === "warns" || this.store.rights.override)) {
      rows.push(button(say("let_it_stand"), () => this.deeds.letStand(conflict), { class: "link small", "data-key": `let ${conflict.fingerprint}` }));
    }
    return make("li", { class: `conflict conflict--${conflict.accepted ? "let" : conflict.grade}` }, ...rows);
  }

  // One card.

  private drawCard(): void {
    const card = this.shownCard ? this.store.cards.get(this.shownCard) : undefined;
    if (!card) return refill(this.body, make("p", { class: "side__empty" }, say("choose_card")));
    const track = card.track ? this.store.tracks.get(card.track) : undefined;
    const mayMove = card.mayMove && this.store.rights.edit;
    const facts: [string, string][] = [
      [say("when"), `${this.clock.longDay(card.start)}, ${this.clock.range(card.start, card.end)} (${say("minutes", { count: Math.round((card.end - card.start) / 60_000) })})`],
      [say("room"), this.store.roomName(card.room)],
      [say("people"), this.store.names(card.people)],
      [say("track"), track?.name ?? ""],
      [say("state"), stateOf(card)],
    ];
    const list = make("dl", { class: "card-facts" });
    for (const [name, value] of facts) if (value) list.append(make("div", {}, make("dt", {}, name), make("dd", {}, value)));
    const conflicts = this.store.conflictsAt(card.uuid);
    const deeds: Node[] = [];
    if (mayMove) deeds.push(make("a", { class: "button secondary small", href: `${this.base}/slots/${card.uuid}`, "data-key": "form" }, say("place_by_form")));
    if (card.session) deeds.push(make("a", { class: "button secondary small", href: `${this.base}/sessions/${card.session}` }, say("open_session")));
    if (mayMove && !card.people.length) deeds.push(button(say("copy_to_rooms"), () => this.deeds.copy(card.uuid), { class: "secondary small" }));
    if (mayMove) {
      const words = say(this.store.selected.has(card.uuid) ? "unselect" : "select");
      deeds.push(button(words, () => this.store.toggle(card.uuid), { class: "secondary small", "data-key": "select" }));
    }
    if (mayMove) deeds.push(button(card.session ? say("take_off") : say("remove_blocker"), () => this.deeds.unplace(card.uuid), { class: "secondary small" }));
    refill(
      this.body,
      make("div", { class: `side-card ${trackClass(track)}` }, make("span", { class: "card__edge", "aria-hidden": "true" }), make("h2", {}, titleOf(card))),
      list,
      ...(conflicts.length ? [make("ul", { class: "conflict-list" }, ...conflicts.map((each) => this.conflict(each)))] : []),
      make("div", { class: "deeds" }, ...deeds),
      ...(mayMove ? [] : [make("p", { class: "muted small" }, say("not_yours"))]),
    );
  }
}

function fold(words: string): string {
  return words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
