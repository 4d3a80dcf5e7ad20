// The agenda on a reader's own device: stars without an account, what changed since the last visit, their own time zone
// beside the conference's, and the page when there is no network. Without a script all of it stays hidden.
import { carryBy, taken } from "./carrying";
import { held, hold } from "./held";
import { readStars, writeStars } from "./stars";
import { mindZone } from "./zone";

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
  const seen = held(key, "visit") ?? held(key);
  if (seen !== null) hold(key, seen, "visit");
  hold(key, released);
  const since = seen === null ? Number.POSITIVE_INFINITY : Date.parse(seen);
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
  const released = tools.dataset["released"];
  const isChanged = released === undefined ? () => false : markChanges(slug, released);
  const isStarred = (entry: HTMLElement) => readStars(slug).has(entry.dataset["entry"] ?? "");
  switches([
    [part("data-only-stars"), isStarred],
    [part("data-only-changes"), isChanged],
  ]);
  const showTimes = mindZone(tools);
  carryBy(tools, () => readStars(slug), say);
  void keepOffline(tools.dataset["worker"] ?? "");
  // A page that refreshes itself brings entries as they come from the server.
  const fresh = document.querySelector("[data-refresh]")?.parentElement;
  const again = () => {
    showStars(slug);
    showTimes();
    if (part("data-only-stars")?.getAttribute("aria-pressed") === "true") narrow(isStarred);
  };
  if (fresh) new MutationObserver(again).observe(fresh, { childList: true });
}
