// The service worker: public pages that somebody visited, for when there is no network. It never keeps a private one.
//
// A page is asked for from the network first, so that nobody online reads an old agenda. Built files carry their hash in
// their names and are taken from the store. The store's name holds this file's own version: a new one starts empty.

interface Lasting extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Asking extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Lasting {
  readonly data: unknown;
}
interface Worker {
  addEventListener(name: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(name: "fetch", listener: (event: Asking) => void): void;
  addEventListener(name: "message", listener: (event: Told) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
}
const worker = self as unknown as Worker;

const store = `confapp-${new URL(worker.location.href).searchParams.get("v") ?? "0"}`;
const patience = 4000;
const mostPages = 300;
/** What may be kept: built files, and the agenda's public pages. Never the press's words, which can be withdrawn. */
const built = /^\/static\//;
const pages = /^\/[a-z0-9-]+\/(?:agenda|now|(?:sessions|speakers|hosts)\/[\w-]+)?$/;
const never = /^\/(?:organise|api|accounts|feeds|press|me|healthz|readyz|metrics)(?:\/|$)/;

function mayKeep(request: Request): boolean {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin || never.test(url.pathname)) return false;
  return built.test(url.pathname) || pages.test(url.pathname);
}

/** Keep an answer that says itself that anybody may. */
async function keep(request: Request, answer: Response): Promise<void> {
  if (answer.status !== 200 || !/\bpublic\b/.test(answer.headers.get("Cache-Control") ?? "")) return;
  const cache = await caches.open(store);
  await cache.put(request, answer);
  const kept = await cache.keys();
  for (const old of kept.filter((each) => !built.test(new URL(each.url).pathname)).slice(0, -mostPages)) await cache.delete(old);
}

async function fromStore(request: Request): Promise<Response | undefined> {
  return (await caches.open(store)).match(request);
}

/** The least narrowed agenda there is, for a page of its conference that was never opened: it says that one is offline. */
async function agendaOf(request: Request): Promise<Response | undefined> {
  const home = `/${new URL(request.url).pathname.split("/")[1]}/agenda`;
  const cache = await caches.open(store);
  const kept = (await cache.keys()).filter((each) => new URL(each.url).pathname === home);
  const narrowed = (each: Request) => [...new URL(each.url).searchParams.keys()].filter((name) => name !== "view").length;
  const [widest] = [...kept].sort((one, other) => narrowed(one) - narrowed(other));
  return widest && cache.match(widest);
}

async function fromNetwork(request: Request): Promise<Response> {
  const answer = await fetch(request);
  await keep(request, answer.clone());
  return answer;
}

async function answerFor(request: Request): Promise<Response> {
  const isBuilt = built.test(new URL(request.url).pathname);
  if (isBuilt) return (await fromStore(request)) ?? fromNetwork(request);
  const asked = fromNetwork(request);
  const slow = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patience));
  try {
    return (await Promise.race([asked, slow.then(() => fromStore(request))])) ?? (await asked);
  } catch (failure) {
    const kept = (await fromStore(request)) ?? (request.mode === "navigate" ? await agendaOf(request) : undefined);
    if (kept) return kept;
    throw failure;
  }
}

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name.startsWith("confapp-") && name !== store) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(tidy());
});
worker.addEventListener("fetch", (event) => {
  if (mayKeep(event.request)) event.respondWith(answerFor(event.request));
});
worker.addEventListener("message", (event) => {
  const asked = (event.data as { keep?: unknown } | null)?.keep;
  if (!Array.isArray(asked)) return;
  const requests = asked.filter((each): each is string => typeof each === "string").map((each) => new Request(each));
  event.waitUntil(
    Promise.all(requests.filter(mayKeep).map((request) => fetch(request).then((answer) => keep(request, answer), () => undefined))),
  );
});

export {};
