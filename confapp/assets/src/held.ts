// What this device keeps of a reader, for good or for one visit; where it keeps nothing, there is nothing.

type Span = "always" | "visit";

function store(span: Span): Storage {
  return span === "visit" ? sessionStorage : localStorage;
}

/** What was kept under a name; null where nothing was. */
export function held(name: string, span: Span = "always"): string | null {
  try {
    return store(span).getItem(name);
  } catch {
    return null; // a closed store
  }
}

/** Keep words under a name. */
export function hold(name: string, words: string, span: Span = "always"): void {
  try {
    store(span).setItem(name, words);
  } catch {
    // A full or closed store: it holds for this page only.
  }
}
