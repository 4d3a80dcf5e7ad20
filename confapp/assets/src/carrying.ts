// Stars on their way to another device: a link whose fragment holds them, which no server sees, and its QR code.

const sign = "#stars=";
const most = 500;

/** The codes in a fragment that `carryBy` made. */
export function taken(hash: string): string[] {
  if (!hash.startsWith(sign)) return [];
  return decodeURIComponent(hash.slice(sign.length)).split(".").filter((code) => /^[\w-]{1,20}$/.test(code)).slice(0, most);
}

/** Let the tools' button show the link and its code. */
export function carryBy(tools: HTMLElement, stars: () => Set<string>, say: (words: string) => void): void {
  const button = tools.querySelector<HTMLElement>("[data-carry]");
  const box = tools.querySelector<HTMLElement>("[data-carry-box]");
  const field = tools.querySelector<HTMLInputElement>("[data-carry-link]");
  if (!button || !box || !field) return;
  button.addEventListener("click", async () => {
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
    if (box.hidden) return;
    field.value = location.origin + (tools.dataset["home"] ?? location.pathname) + sign + [...stars()].join(".");
    field.select();
    await draw(field.value, tools.querySelector("[data-carry-code]"));
  });
  tools.querySelector("[data-carry-copy]")?.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value).then(
      () => say(tools.querySelector<HTMLElement>("[data-agenda-said]")?.dataset["copied"] ?? ""),
      () => field.select(),
    );
  });
}

/** A QR code as an SVG; too long a link has none. */
async function draw(link: string, place: Element | null): Promise<void> {
  if (!place) return;
  place.replaceChildren();
  const { default: qrcode } = await import("qrcode-generator");
  try {
    const code = qrcode(0, "M");
    code.addData(link);
    code.make();
    const drawn = new DOMParser().parseFromString(code.createSvgTag({ cellSize: 4, margin: 16, scalable: true }), "image/svg+xml");
    place.append(document.adoptNode(drawn.documentElement));
  } catch {
    // More stars than a code can hold: the link remains.
  }
}
