// The reader's own times beside the conference's, where their clock shows another time; they may be switched off.
import { held, hold } from "./held";

const key = "confapp:own-zone";

/** Show them as the reader wants; returns how to show them again on entries that came anew. */
export function mindZone(tools: HTMLElement): () => void {
  const zone = tools.dataset["zone"] ?? "UTC";
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const name = own.replaceAll("_", " ");
  const language = document.documentElement.lang;
  const clock = (zoneName: string) => new Intl.DateTimeFormat(language, { timeZone: zoneName, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const weekday = (zoneName: string) => new Intl.DateTimeFormat(language, { timeZone: zoneName, weekday: "short" });
  const [here, there, myDay, theirDay] = [clock(own), clock(zone), weekday(own), weekday(zone)];
  const differs = (when: Date) => here.format(when) !== there.format(when) || myDay.format(when) !== theirDay.format(when);
  const box = tools.querySelector<HTMLInputElement>("[data-own-zone]");
  const choice = tools.querySelector<HTMLElement>("[data-zone-choice]");

  const isWanted = () => (box ? box.checked : held(key) !== "false");

  const show = () => {
    for (const old of document.querySelectorAll(".own-time")) old.remove();
    const places = [...document.querySelectorAll<HTMLElement>(".entry, .when")];
    let isElsewhere = false;
    for (const place of places) {
      const [start, end] = [...place.querySelectorAll<HTMLTimeElement>("time[datetime]")];
      if (!start || !end) continue;
      const when = new Date(start.dateTime);
      if (!differs(when)) continue;
      isElsewhere = true;
      if (!isWanted()) continue;
      const told = document.createElement("span");
      told.className = "own-time";
      const day = myDay.format(when) === theirDay.format(when) ? "" : `${myDay.format(when)} `;
      told.textContent = `${day}${here.format(when)}–${here.format(new Date(end.dateTime))} ${name}`;
      start.parentElement?.after(told);
    }
    if (choice && isElsewhere) choice.hidden = false;
  };

  if (box) {
    box.checked = held(key) !== "false";
    box.addEventListener("change", () => {
      hold(key, String(box.checked));
      show();
    });
  }
  const words = tools.querySelector<HTMLElement>("[data-zone-name]");
  if (words) words.textContent = name;
  show();
  return show;
}
