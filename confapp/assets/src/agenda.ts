// The agenda on a reader's own device: stars without an account, what changed since the last visit, their own time zone
// beside the conference's, and the page when there is no network. Without a script all of it stays hidden.
import { carryBy, taken } from "./carrying";
import { readStars, writeStars } from "./stars";

const tools = document.querySelector<HTMLElement>("[data-agenda]");

function part<T extends HTMLElement>(name: string): T | null {
  return tools?.querySelector<T>(`[${name}]`) ?? null;
}

function say(words: string): void {
  const place = part("data-agenda-said");
  if (place) place.textContent = words;
}

function entries(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-entry]")];
}

/** Show only entries that a test lets through; null shows all. Days and times left empty are hidden with them. */
function narrow(keeps: ((entry: HTMLElement) => boolean) | null): void {
  for (const entry of entries()) {
    const holder = entry.closest<HTMLElement>("li, td") ?? entry;
    holder.classList.toggle("left-out", keeps !== null && !keeps(entry));
  }
  for (const group of document.querySelectorAll<HTMLElement>(".at, .day")) {
    const held = [...group.querySelectorAll<HTMLElement>("[data-entry]")];
    group.classList.toggle("left-out", keeps !== null && !held.some(keeps));
  }
}

/** Two buttons that narrow the page; pressing one lets the other go. */
function switches(buttons: [HTMLElement | null, (entry: HTMLElement) => boolean][]): void {
  for (const [button, keeps] of buttons) {
    button?.addEventListener("click", () => {
      const pressed = button.getAttribute("aria-pressed") !== "true";
      for (const [each] of buttons) each?.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", String(pressed));
      narrow(pressed ? keeps : null);
    });
  }
}

function showStars(slug: string): void {
  const stars = readStars(slug);
  for (const button of document.querySelectorAll<HTMLElement>("[data-star]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(stars.has(button.dataset["star"] ?? "")));
  }
  const count = part("data-star-count");
  if (count) count.textContent = String(stars.size);
}

function mindStars(slug: string): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-star]");
    const code = button?.dataset["star"];
    if (!code) return;
    const stars = readStars(slug);
    if (!stars.delete(code)) stars.add(code);
    writeStars(slug, stars);
    showStars(slug);
  });
  addEventListener("storage", () => showStars(slug)); // another tab
  const fresh = taken(location.hash);
  if (fresh.length > 0) {
    writeStars(slug, new Set([...readStars(slug), ...fresh]));
    history.replaceState(null, "", location.pathname + location.search);
    say(part("data-agenda-said")?.dataset["taken"] ?? "");
  }
  showStars(slug);
}

/** Mark what a release after the one of the last visit brought; what is told stays told for this visit. */
function markChanges(slug: string, released: string): (entry: HTMLElement) => boolean {
  const key = `confapp:${slug}:seen`;
  const held = sessionStorage.getItem(key) ?? localStorage.getItem(key);
  if (held !== null) sessionStorage.setItem(key, held);
  localStorage.setItem(key, released);
  const since = held === null ? Number.POSITIVE_INFINITY : Date.parse(held);
  const isChanged = (entry: HTMLElement) => Date.parse(entry.dataset["changed"] ?? "") > since;
  const changed = entries().filter(isChanged);
  const said = part("data-agenda-said")?.dataset ?? {};
  for (const entry of changed) {
    const mark = document.createElement("span");
    mark.className = "badge badge--info";
    mark.textContent = ("first" in entry.dataset ? said["new"] : said["moved"]) ?? "";
    entry.querySelector(".entry__facts")?.append(mark);
  }
  const button = part("data-only-changes");
  if (button) {
    button.hidden = changed.length === 0;
    const count = part("data-change-count");
    if (count) count.textContent = String(changed.length);
  }
  return isChanged;
}

/** The reader's own times beside the conference's, where their clock shows another time. */
function mindZone(zone: string): void {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const times = [...document.querySelectorAll<HTMLTimeElement>(".entry time[datetime]")];
  const clock = (zoneName: string) =>
    new Intl.DateTimeFormat("en-GB", { timeZone: zoneName, hour: "2-digit", minute: "2-digit", weekday: "short" });
  const [here, there] = [clock(own), clock(zone)];
  const differs = times.some((time) => here.format(new Date(time.dateTime)) !== there.format(new Date(time.dateTime)));
  const box = part<HTMLInputElement>("data-own-zone");
  const choice = part("data-zone-choice");
  if (!differs || !box || !choice) return;
  const name = own.replaceAll("_", " ");
  const place = part("data-zone-name");
  if (place) place.textContent = name;
  choice.hidden = false;
  const language = document.documentElement.lang;
  const short = new Intl.DateTimeFormat(language, { timeZone: own, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const show = () => {
    for (const old of document.querySelectorAll(".own-time")) old.remove();
    localStorage.setItem("confapp:own-zone", String(box.checked));
    if (!box.checked) return;
    for (const entry of entries()) {
      const [start, end] = [...entry.querySelectorAll<HTMLTimeElement>("time[datetime]")];
      if (!start || !end) continue;
      const told = document.createElement("span");
      told.className = "own-time";
      const when = new Date(start.dateTime);
      const day = new Intl.DateTimeFormat(language, { timeZone: own, weekday: "short" }).format(when);
      const theirs = new Intl.DateTimeFormat(language, { timeZone: zone, weekday: "short" }).format(when);
      const range = `${short.format(when)}–${short.format(new Date(end.dateTime))}`;
      told.textContent = `${day === theirs ? "" : `${day} `}${range} ${name}`;
      start.closest("span")?.after(told);
    }
  };
  box.checked = localStorage.getItem("confapp:own-zone") === "true";
  box.addEventListener("change", show);
  show();
}

/** Keep this page and what it is made of for when there is no network. */
async function keepOffline(worker: string): Promise<void> {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  if (!navigator.onLine) say(part("data-agenda-said")?.dataset["offline"] ?? "");
  addEventListener("offline", () => say(part("data-agenda-said")?.dataset["offline"] ?? ""));
  addEventListener("online", () => say(""));
  try {
    await navigator.serviceWorker.register(worker, { scope: "/" });
    const { active } = await navigator.serviceWorker.ready;
    const loaded = performance.getEntriesByType("resource").map((each) => each.name);
    active?.postMessage({ keep: [location.href.split("#")[0], ...loaded] });
  } catch {
    // A browser that keeps nothing for sites: the page works as before.
  }
}

if (tools) {
  const slug = tools.dataset["agenda"] ?? "";
  tools.hidden = false;
  mindStars(slug);
  const isChanged = markChanges(slug, tools.dataset["released"] ?? "");
  const isStarred = (entry: HTMLElement) => readStars(slug).has(entry.dataset["entry"] ?? "");
  switches([
    [part("data-only-stars"), isStarred],
    [part("data-only-changes"), isChanged],
  ]);
  mindZone(tools.dataset["zone"] ?? "UTC");
  carryBy(tools, () => readStars(slug), say);
  void keepOffline(tools.dataset["worker"] ?? "");
  // A page that refreshes itself brings entries without their stars.
  const fresh = document.querySelector("[data-refresh]")?.parentElement;
  if (fresh) new MutationObserver(() => showStars(slug)).observe(fresh, { childList: true });
}
