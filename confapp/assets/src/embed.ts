// <confapp-agenda src="https://conference.example/slug/">: the agenda inside another site's page, read from its JSON.
//
//   <script type="module" src="https://conference.example/embed.js"></script>
//   <confapp-agenda src="https://conference.example/slug/" day="2026-05-18" track="medicine"></confapp-agenda>
//
// day, track, room, host, speaker and language narrow it. What it draws lies in a shadow tree: neither styles nor
// scripts of the page reach in, and --confapp-accent, --confapp-ink and --confapp-ground set its colours.

interface Person {
  name: string;
}
interface Happening {
  title: string;
  date: string;
  start: string;
  end: string;
  room: string;
  url: string;
  persons: Person[];
}
interface Day {
  date: string;
  rooms: Record<string, Happening[]>;
}

const filters = ["day", "track", "room", "host", "speaker", "language"];
const style = `
  :host { display: block; font: inherit; color: var(--confapp-ink, inherit); background: var(--confapp-ground, transparent); }
  h3 { margin: 1.2em 0 0.4em; } ol { margin: 0; padding: 0; list-style: none; }
  li { display: grid; grid-template-columns: 7.5em 1fr; gap: 0 1em; padding: 0.5em 0; border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
  a { color: var(--confapp-accent, inherit); font-weight: 600; } small { display: block; opacity: 0.8; }
  @media (max-width: 30em) { li { grid-template-columns: 1fr; } }`;

function element<K extends keyof HTMLElementTagNameMap>(name: K, words = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = words;
  return made;
}

function drawn(day: Day, language: string): HTMLElement {
  const section = element("section");
  const noon = new Date(`${day.date}T12:00:00Z`);
  const named = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  section.append(element("h3", named.format(noon)));
  const list = element("ol");
  const happenings = Object.values(day.rooms).flat().sort((one, other) => Date.parse(one.date) - Date.parse(other.date));
  for (const each of happenings) {
    const item = element("li");
    const time = element("time", `${each.start}–${each.end.slice(11, 16)}`);
    time.dateTime = each.date;
    const about = element("div");
    const link = element("a", each.title);
    if (/^https?:/.test(each.url)) link.href = each.url;
    about.append(link, element("small", [each.persons.map((person) => person.name).join(", "), each.room].filter(Boolean).join(" · ")));
    item.append(time, about);
    list.append(item);
  }
  section.append(list);
  return section;
}

class Agenda extends HTMLElement {
  static readonly observedAttributes = ["src", ...filters];
  private asked = 0;

  connectedCallback(): void {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    void this.show();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) void this.show();
  }

  private async show(): Promise<void> {
    const source = this.getAttribute("src");
    const root = this.shadowRoot;
    if (!source || !root) return;
    const turn = ++this.asked;
    const home = new URL(source.endsWith("/") ? source : `${source}/`, location.href);
    const address = new URL("agenda.json", home);
    for (const name of filters) if (this.getAttribute(name)) address.searchParams.set(name, this.getAttribute(name) ?? "");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    const whole = element("a", this.textContent?.trim() || home.href);
    whole.href = new URL("agenda", home).href;
    try {
      const answer = await fetch(address, { credentials: "omit" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { schedule } = (await answer.json()) as { schedule: { conference: { title: string; time_zone_name?: string; days: Day[] } } };
      if (turn !== this.asked) return;
      whole.textContent = schedule.conference.title;
      const language = this.getAttribute("language") ?? (document.documentElement.lang || "en");
      root.replaceChildren(whole, ...schedule.conference.days.map((day) => drawn(day, language)), element("small", schedule.conference.time_zone_name ?? ""));
    } catch {
      if (turn === this.asked) root.replaceChildren(whole); // a plain link still leads there
    }
  }
}

if (!customElements.get("confapp-agenda")) customElements.define("confapp-agenda", Agenda);

export {};
