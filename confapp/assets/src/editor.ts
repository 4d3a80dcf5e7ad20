// The transcript editor's comforts: paragraphs to move, add and bring back, live counts and placeholders, and typing
// that is kept on this device with every key and on the server soon after. Without a script the form works as it is.

type Pairs = [string, string][];
interface Kept {
  typed: Pairs;
  expected: string;
  at: string;
}
interface Told {
  lock_version: number;
  others: string[];
  typed: Pairs | null;
  expected: number | null;
  at: string | null;
}

const soon = 1500;
const watch = 20_000;
const spoken = new Set(["speech", "question", "answer", "unclassified"]);
const placeholder = /\b(?:tb[cda]|TB[CDA]|Tb[cda])\b|\bPENDING\b|\bXXX+\b|\[\[|\]\]/g;

/** Fill `{name}` in words that the page gave. */
function fill(words: string | undefined, values: Record<string, string>): string {
  return (words ?? "").replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? "");
}

class Editor {
  private readonly rows: HTMLElement;
  private readonly bar: HTMLElement | null;
  private readonly url: string;
  private readonly key: string;
  private readonly first: string;
  private kept = "";
  private others: string[] = [];
  private newer = false;
  private waiting: number | undefined;

  constructor(private readonly form: HTMLFormElement) {
    this.rows = form.querySelector<HTMLElement>(".paragraphs") ?? form;
    this.bar = form.querySelector<HTMLElement>("[data-bar]");
    this.url = form.dataset["editor"] ?? "";
    this.key = `confapp:typing:${form.dataset["key"] ?? ""}`;
    this.first = JSON.stringify(this.pairs());
    for (const row of this.all()) this.equip(row);
    form.addEventListener("input", () => this.typed());
    form.addEventListener("keydown", (event) => this.keyed(event));
    form.addEventListener("submit", () => this.forget());
    addEventListener("pagehide", () => this.keepHere());
    if (this.bar) this.bar.hidden = false;
    this.show();
    void this.offer();
    if (this.url) setInterval(() => void this.ask("GET"), watch);
  }

  private all(): HTMLElement[] {
    return [...this.rows.querySelectorAll<HTMLElement>("[data-row]")];
  }

  /** What the form would send, without its token. */
  private pairs(): Pairs {
    const data: Pairs = [];
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && name !== "csrf_token") data.push([name, value]);
    }
    return data;
  }

  // Keeping.

  private typed(): void {
    this.keepHere();
    // A timer that waits is left to run: whoever types without a pause is kept on the server too.
    if (this.url) this.waiting ??= setTimeout(() => this.keepThere(), soon);
    this.show();
  }

  private keepThere(): void {
    this.waiting = undefined;
    void this.ask("POST");
  }

  private keepHere(): void {
    const typed = this.pairs();
    if (JSON.stringify(typed) === this.first) return;
    const expected = typed.find(([name]) => name === "expected")?.[1] ?? "";
    try {
      localStorage.setItem(this.key, JSON.stringify({ typed, expected, at: new Date().toISOString() } satisfies Kept));
    } catch {
      // A private window may refuse: the server keeps it.
    }
  }

  private heldHere(): Kept | null {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "null") as Kept | null;
    } catch {
      return null;
    }
  }

  /** What is sent stays on the device until a page shows that it arrived (`offer`): the answer may be lost. */
  private forget(): void {
    clearTimeout(this.waiting);
    this.keepHere();
  }

  private dropHere(): void {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Nothing was kept there.
    }
  }

  private async ask(method: "GET" | "POST"): Promise<Told | null> {
    try {
      const options: RequestInit = { method, headers: { Accept: "application/json" } };
      if (method === "POST") options.body = new FormData(this.form);
      const answer = await fetch(this.url, options);
      if (!answer.ok) throw new Error(String(answer.status));
      const told = (await answer.json()) as Told;
      const seen = Number(this.form.querySelector<HTMLInputElement>("[name=expected]")?.value);
      this.others = told.others;
      this.newer = told.lock_version !== seen;
      if (method === "POST") {
        const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
        this.kept = fill(this.form.dataset["kept"], { time });
      }
      this.show();
      return told;
    } catch {
      if (method === "POST") this.kept = this.form.dataset["device"] ?? "";
      this.show();
      return null;
    }
  }

  /** Offer what was typed and never saved, here or on another device, whichever is later. */
  private async offer(): Promise<void> {
    const told = this.url ? await this.ask("GET") : null;
    const here = this.heldHere();
    const there: Kept | null = told?.typed && told.at ? { typed: told.typed, expected: String(told.expected), at: told.at } : null;
    const found = here && there ? (here.at > there.at ? here : there) : (here ?? there);
    const words = (typed: Pairs): string =>
      JSON.stringify(typed.filter(([name, value]) => name !== "expected" && (name.startsWith("blocks.") ? value : true)));
    if (!found || words(found.typed) === words(JSON.parse(this.first) as Pairs) || this.form.dataset["refused"] !== undefined) {
      if (here && this.form.dataset["refused"] === undefined) this.dropHere();
      return;
    }
    const time = new Date(found.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    const notice = document.createElement("div");
    notice.className = "notice notice--info";
    notice.setAttribute("role", "status");
    const line = document.createElement("p");
    line.textContent = fill(this.form.dataset["restore"], { time });
    const take = this.button(this.form.dataset["take"], () => {
      this.restore(found.typed);
      notice.remove();
    });
    const drop = this.button(this.form.dataset["drop"], () => {
      this.dropHere();
      void this.discard();
      notice.remove();
    });
    take.classList.remove("secondary");
    const buttons = document.createElement("p");
    buttons.className = "actions";
    buttons.append(take, drop);
    notice.append(line, buttons);
    this.form.prepend(notice);
  }

  private async discard(): Promise<void> {
    if (!this.url) return;
    const body = new FormData();
    body.set("csrf_token", this.form.querySelector<HTMLInputElement>("[name=csrf_token]")?.value ?? "");
    await fetch(`${this.url}/discard`, { method: "POST", body, redirect: "manual" }).catch(() => undefined);
  }

  private restore(typed: Pairs): void {
    const texts = typed.filter(([name]) => name === "blocks.text").length;
    while (this.all().length < texts) this.add(this.all().at(-1) ?? null);
    const seen: Record<string, number> = {};
    for (const [name, value] of typed) {
      const place = seen[name] ?? 0;
      seen[name] = place + 1;
      const control = this.form.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)[place];
      if (control) control.value = value;
    }
    this.typed();
  }

  // Paragraphs.

  private button(words: string | undefined, act: () => void, mark = ""): HTMLButtonElement {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "secondary small";
    made.textContent = mark || (words ?? "");
    if (mark) {
      made.setAttribute("aria-label", words ?? "");
      made.title = words ?? "";
    }
    made.addEventListener("click", act);
    return made;
  }

  private equip(row: HTMLElement): void {
    const tools = document.createElement("span");
    tools.className = "paragraph__tools";
    tools.append(
      this.button(this.form.dataset["up"], () => this.move(row, -1), "↑"),
      this.button(this.form.dataset["down"], () => this.move(row, 1), "↓"),
      this.button(this.form.dataset["add"], () => this.add(row), "+"),
      this.button(this.form.dataset["remove"], () => this.remove(row), "×"),
    );
    row.append(tools);
  }

  private move(row: HTMLElement, by: -1 | 1): void {
    const rows = this.all();
    const other = rows[rows.indexOf(row) + by];
    if (!other) return;
    if (by < 0) other.before(row);
    else other.after(row);
    row.querySelector("textarea")?.focus();
    this.changed();
  }

  private add(after: HTMLElement | null): void {
    const model = after ?? this.all()[0];
    if (!model) return;
    const fresh = model.cloneNode(true) as HTMLElement;
    for (const gone of fresh.querySelectorAll(".paragraph__mark, .paragraph__stands, .field__error, .paragraph__tools")) gone.remove();
    for (const control of fresh.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[name='blocks.id'], textarea")) control.value = "";
    fresh.hidden = false;
    model.after(fresh);
    this.equip(fresh);
    fresh.querySelector("textarea")?.focus();
    this.changed();
  }

  /** Take a paragraph out, and leave in its place the way to bring it back. */
  private remove(row: HTMLElement): void {
    const back = this.button(this.form.dataset["undo"], () => {
      back.replaceWith(row);
      row.querySelector("textarea")?.focus();
      this.changed();
    });
    row.replaceWith(back);
    back.focus();
    this.changed();
  }

  private keyed(event: KeyboardEvent): void {
    const place = event.target as Element;
    const row = place.closest<HTMLElement>("[data-row]");
    if (!row || place.matches("select")) return; // a list opens by Alt and an arrow
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      this.move(row, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      this.add(row);
    }
  }

  private changed(): void {
    this.all().forEach((row, place) => {
      const number = row.querySelector(".paragraph__number");
      if (number) number.textContent = String(place + 1);
    });
    this.typed();
  }

  // What the bar says.

  private show(): void {
    if (!this.bar) return;
    let words = 0;
    for (const row of this.all()) {
      if (!spoken.has(row.querySelector("select")?.value ?? "")) continue;
      const text = row.querySelector("textarea")?.value ?? "";
      words += text.split(/\s+/u).filter((token) => /[\p{L}\p{N}]/u.test(token)).length;
    }
    const minutes = Math.max(1, Math.ceil(words / Number(this.form.dataset["perMinute"])));
    const found = new Set<string>();
    for (const [name, value] of this.pairs()) {
      if (!/^(expected|language|kind|session|blocks\.(id|kind))$/.test(name)) for (const hit of value.match(placeholder) ?? []) found.add(hit);
    }
    const said = [
      fill(this.form.dataset["words"], { words: words.toLocaleString(), minutes: String(minutes) }),
      found.size ? fill(this.form.dataset["open"], { found: [...found].join(", ") }) : (this.form.dataset["none"] ?? ""),
      this.kept,
      this.others.length ? fill(this.form.dataset["others"], { names: this.others.join(", ") }) : "",
      this.newer ? (this.form.dataset["newer"] ?? "") : "",
    ];
    this.bar.textContent = said.filter(Boolean).join(" · ");
    this.bar.classList.toggle("editor-bar--warn", found.size > 0 || this.newer || this.others.length > 0);
  }
}

/** Start, where there is an editor. */
export function mindEditor(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-editor]");
  if (form) new Editor(form);
}

/** Count down by the second between two looks at the server, from the server's own moment. */
export function countDown(): void {
  const begun = new Map<string, number>();
  setInterval(() => {
    for (const timer of document.querySelectorAll<HTMLElement>("[data-countdown]")) {
      const { countdown = "", now = "" } = timer.dataset;
      const start = begun.get(now) ?? Date.now();
      begun.set(now, start);
      const left = Math.max(0, Math.ceil((Date.parse(countdown) - Date.parse(now) - (Date.now() - start)) / 1000));
      timer.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    }
  }, 1000);
}
