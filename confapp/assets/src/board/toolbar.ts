// Above the board: days, grid, zoom, which rooms and tracks are shown (the legend), and who else is here.

import { button, byId, make, refill } from "./dom";
import { GRIDS, ZOOMS, type View } from "./settings";
import type { Store } from "./store";
import type { Clock } from "./time";
import { say } from "./words";

export class Toolbar {
  private readonly days = byId("board-days-tabs");
  private readonly grid = byId("board-grid") as HTMLSelectElement;
  private readonly rooms = byId("board-rooms-menu");
  private readonly tracks = byId("board-tracks-menu");
  private readonly present = byId("board-present");
  private readonly wholeDay = byId("board-whole-day") as HTMLInputElement;

  constructor(
    private readonly store: Store,
    private readonly view: View,
    private readonly clock: Clock,
  ) {
    this.grid.append(...GRIDS.map((minutes) => make("option", { value: minutes }, say("grid_minutes", { count: minutes }))));
    this.grid.addEventListener("change", () => view.set({ grid: Number(this.grid.value) }));
    byId("board-zoom-in").addEventListener("click", () => this.zoom(1));
    byId("board-zoom-out").addEventListener("click", () => this.zoom(-1));
    this.wholeDay.addEventListener("change", () => view.set({ wholeDay: this.wholeDay.checked }));
    store.on(["view"], () => this.draw());
    store.on(["present"], () => this.drawPresent());
  }

  zoom(by: number): void {
    this.view.set({ zoom: Math.min(Math.max(this.view.settings.zoom + by, 0), ZOOMS.length - 1) });
  }

  private draw(): void {
    const { store, view } = this;
    const { settings } = view;
    const tab = (day: string, short: string): HTMLElement =>
      button(short, () => view.set({ day }), { class: "day-tab", "data-day": day, "data-key": day, "aria-pressed": String(settings.day === day) });
    refill(
      this.days,
      ...store.days.map((day) => tab(day.date, this.clock.day(day.start))),
      ...(store.days.length > 1 ? [tab("all", say("all_days"))] : []),
    );
    this.grid.value = String(settings.grid);
    this.wholeDay.checked = settings.wholeDay;
    (byId("board-zoom-out") as HTMLButtonElement).disabled = settings.zoom === 0;
    (byId("board-zoom-in") as HTMLButtonElement).disabled = settings.zoom === ZOOMS.length - 1;
    this.drawMenu(this.rooms, "rooms", settings.rooms, store.rooms.map((room) => [room.code, room.venue ? `${room.name} (${room.venue})` : room.name, null]));
    const tracks = [...store.tracks.values()].map((track): [string, string, HTMLElement | null] => [
      track.slug,
      track.name,
      make("span", { class: `swatch track-${track.colour}`, "aria-hidden": "true" }, track.letters),
    ]);
    const none = [...store.cards.values()].some((card) => card.track === null);
    if (none) tracks.push(["", say("no_track"), make("span", { class: "swatch track-none", "aria-hidden": "true" })]);
    this.drawMenu(this.tracks, "tracks", settings.tracks, tracks);
  }

  /** A menu of what is shown: all, none, and each by itself; the tracks' one is the legend too. */
  private drawMenu(menu: HTMLElement, name: "rooms" | "tracks", hidden: Set<string>, entries: [string, string, HTMLElement | null][]): void {
    const title = menu.querySelector("summary span");
    const shown = entries.length - hidden.size;
    if (title) title.textContent = hidden.size ? say(`${name}_some`, { count: shown, all: entries.length }) : say(name);
    menu.toggleAttribute("data-active", hidden.size > 0);
    const body = menu.querySelector<HTMLElement>(".pop");
    if (!body) return;
    const set = (next: Set<string>): void => this.view.set({ [name]: next });
    const rows = entries.map(([key, words, mark]) => {
      const box = make("input", { type: "checkbox", "data-key": `${name} ${key}` }) as HTMLInputElement;
      box.checked = !hidden.has(key);
      box.addEventListener("change", () => {
        const next = new Set(hidden);
        if (box.checked) next.delete(key);
        else next.add(key);
        set(next);
      });
      const only = button(say("only"), () => set(new Set(entries.map(([each]) => each).filter((each) => each !== key))), {
        class: "link small", "data-key": `only ${key}`, "aria-label": say("only_this", { name: words }),
      });
      return make("li", {}, make("label", {}, box, ...(mark ? [mark] : []), make("span", {}, words)), only);
    });
    const scrolled = body.querySelector("ul")?.scrollTop ?? 0;
    refill(
      body,
      make("div", { class: "deeds" },
        button(say("show_all"), () => set(new Set()), { class: "secondary small", "data-key": `${name} all` }),
        button(say("show_none"), () => set(new Set(entries.map(([key]) => key))), { class: "secondary small", "data-key": `${name} none` }),
      ),
      make("ul", { tabindex: 0, "aria-label": say(name) }, ...rows),
    );
    const list = body.querySelector("ul");
    if (list) list.scrollTop = scrolled;
  }

  private drawPresent(): void {
    const others = new Map<number, { name: string; holds: string | null }>();
    for (const each of this.store.present) {
      if (each.account === this.store.me.id) continue;
      others.set(each.account, { name: each.name, holds: each.slot ?? others.get(each.account)?.holds ?? null });
    }
    const shown = [...others.values()].slice(0, 5).map(({ name, holds }) => {
      const card = holds ? this.store.cards.get(holds) : undefined;
      const words = card ? say("holds", { name, title: card.title }) : say("is_here", { name });
      return make("li", { title: words }, make("span", { class: "face", "aria-hidden": "true" }, initials(name)), make("span", { class: "visually-hidden" }, words));
    });
    const more = others.size - shown.length;
    if (more > 0) shown.push(make("li", {}, say("more", { count: more })));
    this.present.replaceChildren(...shown);
    this.present.hidden = others.size === 0;
  }
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "") + (words.length > 1 ? (words.at(-1)?.[0] ?? "") : "")).toUpperCase();
}
