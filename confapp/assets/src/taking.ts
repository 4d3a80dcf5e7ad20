// Stars that were kept on this device meet the picks of whoever signed in: asked once, nothing of either is lost.
import { readStars, writeStars } from "./stars";

function kept(key: string): Set<string> {
  try {
    const held: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return new Set(Array.isArray(held) ? held.filter((each): each is string => typeof each === "string") : []);
  } catch {
    return new Set();
  }
}

function keep(key: string, codes: Iterable<string>): void {
  try {
    localStorage.setItem(key, JSON.stringify([...codes]));
  } catch {
    // A full or closed store: it is asked again on the next visit.
  }
}

/** Show picks as stars, drop the stars of picks that were dropped, and offer to pick what is starred here alone. */
export function takeStars(): void {
  const box = document.querySelector<HTMLElement>("[data-take-stars]");
  const slug = box?.dataset["takeStars"];
  const field = box?.querySelector<HTMLInputElement>("[name='codes']");
  if (!box || !slug || !field) return;
  const words = (name: string) => new Set((box.dataset[name] ?? "").split(" ").filter((each) => each !== ""));
  const [picked, there] = [words("picked"), words("there")];
  const [known, declined] = [`confapp:${slug}:picks`, `confapp:${slug}:stars-declined`];
  const stars = readStars(slug);
  for (const code of kept(known)) if (!picked.has(code)) stars.delete(code);
  const fresh = [...stars].filter((code) => there.has(code) && !picked.has(code));
  for (const code of picked) stars.add(code);
  writeStars(slug, stars);
  keep(known, picked);
  const refused = kept(declined);
  if (fresh.every((code) => refused.has(code))) return;
  field.value = fresh.join(" ");
  const count = box.querySelector("[data-take-count]");
  if (count) count.textContent = String(fresh.length);
  box.hidden = false;
  box.querySelector("[data-take-not]")?.addEventListener("click", () => {
    keep(declined, new Set([...refused, ...fresh]));
    box.hidden = true;
    document.querySelector<HTMLElement>("h1")?.focus();
  });
}
