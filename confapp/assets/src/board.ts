// The organiser's board: wires its parts together. Loaded on its own page only; without it that page is a table of links.

import { Api } from "./board/api";
import { Bulk } from "./board/bulk";
import { type Added, askNew, askReason, help } from "./board/dialogs";
import { byId, within } from "./board/dom";
import { Drag } from "./board/drag";
import { Grid } from "./board/grid";
import { Hold } from "./board/hold";
import { Keys } from "./board/keys";
import { Live, readConflicts, readWhole } from "./board/live";
import { Notices } from "./board/notices";
import { Past } from "./board/past";
import { Peek } from "./board/peek";
import { Places } from "./board/places";
import { Plan } from "./board/plan";
import { Saver } from "./board/saving";
import { View } from "./board/settings";
import { Side } from "./board/side";
import { Store } from "./board/store";
import { Clock, HOUR, MINUTE, snap } from "./board/time";
import { Toolbar } from "./board/toolbar";
import type { Conflict, Spot } from "./board/types";
import { learnWords, say } from "./board/words";

async function start(app: HTMLElement): Promise<void> {
  const facts = app.dataset as Record<"words" | "api" | "organise" | "token" | "slug" | "zone" | "language", string>;
  learnWords(JSON.parse(facts.words) as Record<string, string>);
  app.hidden = false;
  const notices = new Notices();
  const api = new Api(facts.api, facts.token);
  const store = new Store(say("whole_venue"));
  const clock = new Clock(facts.zone, document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang);
  const view = new View(store, facts.slug);
  const plan = new Plan(store, view, clock);
  const grid = new Grid(store, view, plan, clock);
  new Toolbar(store, view, clock);
  const peek = new Peek(store, grid, clock, app);
  notices.say(say("loading"), "busy");
  await readWhole(api, store);

  const own = new Set<string>();
  const live: Live = new Live(store, api, grid, notices, clock, (step) => step.by?.id === store.me.id && (own.has(step.slot) || past.mine.has(step.slot) || store.saving.has(step.slot)));
  const places = new Places(store, plan, clock, api);
  const spring = (uuid: string): void => {
    const element = grid.element(uuid);
    element?.classList.add("card--springs");
    setTimeout(() => element?.classList.remove("card--springs"), 700);
  };
  const saver = new Saver(store, api, notices, clock, places, live, spring, () => view.settings.grid);
  saver.askReason = askReason;
  saver.whenMine = (uuid) => own.add(uuid);
  saver.whenRenamed = (from, to) => grid.rename(from, to);
  const past: Past = new Past(store, api, saver, notices, live, (uuid) => goTo(uuid), askReason);
  const hold = new Hold(store, plan, grid, places, saver, notices, clock);
  const bulk = new Bulk(store, api, saver, notices, live, clock, () => plan.stretches[0]?.from ?? Date.now());
  hold.whenHeld = (uuid) => {
    peek.rest();
    void live.appear(uuid);
  };
  hold.dropGroup = (held) => bulk.dropped(held);
  live.whenHeldMoved = (words) => {
    hold.cancel();
    notices.note({ kind: "warn", title: words, lines: [say("held_moved")] });
  };
  live.whenRecheck = () => readConflicts(api, store);
  live.whenReset = async () => {
    await readWhole(api, store);
    view.settle();
    view.set({});
    if (hold.held?.thing.uuid && !store.cards.has(hold.held.thing.uuid)) hold.cancel();
  };

  /** Show a card wherever it stands: its day, its room, its place; and let the focus be there. */
  function goTo(uuid: string): void {
    const card = store.cards.get(uuid);
    if (!card) return;
    const { settings } = view;
    const day = store.dayOf(card.start);
    if (card.room !== null && settings.rooms.has(card.room)) settings.rooms.delete(card.room);
    if (settings.tracks.has(card.track ?? "")) settings.tracks.delete(card.track ?? "");
    if (day && settings.day !== "all") settings.day = day.date;
    view.set({});
    queueMicrotask(() => {
      grid.focus(uuid);
      grid.highlight([uuid]);
    });
  }

  /** Let a conflict stand, or no longer. */
  function weigh(method: "PUT" | "DELETE", conflict: Conflict, body?: { reason: string }): void {
    void saver.inTurn(async () => {
      await api.ask(method, `/conflicts/${conflict.fingerprint}/override`, body ? { body } : {});
      await readConflicts(api, store);
      notices.say("");
    });
  }

  let finding: Promise<void> | null = null;
  const findWays = (): void => {
    finding ??= readConflicts(api, store).catch(() => undefined).finally(() => (finding = null));
  };
  const side: Side = new Side(store, view, grid, saver, clock, facts.organise, {
    copy: (uuid) => bulk.copy(uuid),
    unplace: (uuid) => saver.unplace(uuid),
    goTo,
    letStand: (conflict) => void askReason(say("let_title"), [conflict]).then((reason) => reason && weigh("PUT", conflict, { reason })),
    takeBack: (conflict) => weigh("DELETE", conflict),
    findWays,
  });
  const drag = new Drag(store, plan, grid, view, hold, side.element);
  drag.whenOffBoard = (uuid) => saver.unplace(uuid);
  drag.whenClicked = (uuid, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) store.toggle(uuid);
    else {
      if (store.selected.size) store.select();
      side.show(uuid);
    }
    queueMicrotask(() => queueMicrotask(() => grid.focus(uuid)));
  };
  drag.whenDropped = (uuid) => uuid && grid.focus(uuid);
  new Keys(store, plan, grid, view, hold, notices, clock, {
    help,
    undo: () => past.undo(),
    redo: () => past.redo(),
    unplace: (uuid) => saver.unplace(uuid),
    details: (uuid) => side.show(uuid),
    search: () => side.focusSearch(),
    bulk: () => bulk.open(),
  }, () => drag.isDragging);

  /** Where a new thing goes that was not pointed at: the top of what is seen. */
  function seen(): Spot {
    const { left, top } = grid.margins;
    const frame = grid.scroll.getBoundingClientRect();
    const canvas = grid.canvas.getBoundingClientRect();
    const at = plan.at(frame.top + top - canvas.top + 8);
    const room = plan.roomAt(Math.max(frame.left + left - canvas.left + 8, plan.venue + 1));
    const start = at ? snap(at.moment + 15 * MINUTE, at.stretch.day.start, 15) : Date.now();
    return { room, start, end: start + HOUR / 2 };
  }

  /** `typed` was asked for and refused; `made` is the session that its break has by then. */
  async function add(kind: "blocker" | "break", spot: Spot, typed?: Added, made?: string): Promise<void> {
    const wanted = await askNew(kind, spot, store, clock, typed);
    if (!wanted) return;
    const { title, minutes } = wanted;
    const place = { room: wanted.room, starts_at: wanted.startsAt, minutes };
    if (kind === "blocker") return saver.create("/blockers", { ...place, note: title }, title, () => void add(kind, spot, wanted));
    const session = { title: { [facts.language]: title }, kind: "break", state: "confirmed", duration_minutes: minutes };
    let code = made;
    const again = (): void => void add(kind, spot, wanted, code);
    await saver.attempt(async () => {
      const { body } = await api.ask<{ code: string }>(made ? "PATCH" : "POST", made ? `/sessions/${made}` : "/sessions", { body: session });
      code = body.code;
    }, title, again);
    if (code) await saver.create(`/sessions/${code}/slots`, place, title, again);
  }

  for (const kind of ["break", "blocker"] as const) {
    const control = byId(`board-add-${kind}`) as HTMLButtonElement;
    control.disabled = !store.rights.edit || (kind === "break" && !store.rights.sessions);
    control.addEventListener("click", () => {
      control.closest("details")?.removeAttribute("open");
      void add(kind, seen());
    });
  }
  grid.canvas.addEventListener("dblclick", (event) => {
    if (within(event, ".card") || !store.rights.edit) return;
    const box = grid.canvas.getBoundingClientRect();
    const at = plan.at(event.clientY - box.top);
    if (!at) return;
    const start = snap(at.moment, at.stretch.day.start, Math.max(view.settings.grid, 15));
    void add(store.rights.sessions ? "break" : "blocker", { room: plan.roomAt(event.clientX - box.left), start, end: start + HOUR / 2 });
  });
  byId("board-help-open").addEventListener("click", (event) => {
    within(event, "details")?.removeAttribute("open");
    help();
  });
  byId("board-help-close").addEventListener("click", () => (byId("board-help") as HTMLDialogElement).close());
  byId("board-side-open").addEventListener("click", () => view.set({ panel: view.settings.panel ? null : store.tray.size || !store.conflicts.length ? "tray" : "conflicts" }));
  addEventListener("beforeunload", (event) => saver.isBusy && event.preventDefault());

  view.settle();
  view.set({});
  queueMicrotask(() => grid.showNow());
  app.classList.toggle("board--scoped", store.rights.edit && store.rights.rooms !== null);
  performance.mark("board:drawn");
  notices.say(store.rights.edit ? "" : say("read_only"));
  live.start();
  await readConflicts(api, store);
  performance.mark("board:whole");
  app.dataset["ready"] = "";
}

const app = document.getElementById("board");
if (app) {
  start(app).catch((error: unknown) => {
    app.dataset["failed"] = "";
    const state = document.getElementById("board-state");
    if (state) state.textContent = app.dataset["failure"] ?? String(error);
    throw error;
  });
}
