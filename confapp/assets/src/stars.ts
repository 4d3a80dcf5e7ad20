// Stars: the sessions that somebody marked on this device, by conference. They never leave it by themselves.

function key(slug: string): string {
  return `confapp:${slug}:stars`;
}

/** The codes of the starred sessions; none where the device keeps nothing. */
export function readStars(slug: string): Set<string> {
  try {
    const held: unknown = JSON.parse(localStorage.getItem(key(slug)) ?? "[]");
    return new Set(Array.isArray(held) ? held.filter((each): each is string => typeof each === "string") : []);
  } catch {
    return new Set();
  }
}

/** Keep these stars. */
export function writeStars(slug: string, stars: Set<string>): void {
  try {
    localStorage.setItem(key(slug), JSON.stringify([...stars]));
  } catch {
    // A full or closed store: the stars hold for this page only.
  }
}
