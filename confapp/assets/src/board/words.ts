// The page's own words in the reader's language: the server sends them with the page, by name.

let known: Record<string, string> = {};

export function learnWords(words: Record<string, string>): void {
  known = words;
}

/** Words by name, `{holes}` filled; of a `name` that has a `name_one`, the latter where `count` is 1. */
export function say(name: string, values: Record<string, string | number> = {}): string {
  const one = values["count"] === 1 ? known[`${name}_one`] : undefined;
  const words = one ?? known[name];
  if (words === undefined) throw new Error(`there are no words “${name}”`);
  return words.replace(/\{(\w+)\}/g, (hole, key: string) => String(values[key] ?? hole));
}
