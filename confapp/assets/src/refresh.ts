// Pages that ask again by themselves: a file being made, a sign on a wall. Without a script they carry a meta refresh.

/** How long to wait after a failure before asking again, in seconds: a sign outlives its server's restarts. */
const patience = 10;

function later(seconds: number): void {
  setTimeout(() => void askAgain(), seconds * 1000);
}

/** Put fresh content in the place of the old; what has the focus, and what was unfolded, stays so where it has an id. */
function replace(shown: HTMLElement, fresh: HTMLElement): void {
  const focused = shown.contains(document.activeElement) ? document.activeElement?.id : "";
  for (const unfolded of shown.querySelectorAll<HTMLDetailsElement>("details[open][id]")) {
    fresh.querySelector<HTMLDetailsElement>(`details#${CSS.escape(unfolded.id)}`)?.setAttribute("open", "");
  }
  shown.replaceWith(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** Ask for the page again: take its new content, follow to what is no page, and keep what is shown when nothing good comes. */
async function askAgain(): Promise<void> {
  const shown = document.querySelector<HTMLElement>("[data-refresh]");
  if (!shown) return;
  const url = shown.dataset["refreshUrl"] ?? location.href;
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, cache: "no-cache" });
    if (!answer.headers.get("Content-Type")?.startsWith("text/html")) {
      await answer.body?.cancel();
      if (answer.ok) return location.assign(url);
      return later(patience);
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector<HTMLElement>("[data-refresh]");
    if (!fresh) {
      if (answer.ok) return location.assign(answer.url);
      return later(patience);
    }
    if (fresh.innerHTML !== shown.innerHTML) replace(shown, document.adoptNode(fresh));
    later(Number(fresh.dataset["refresh"]) || patience);
  } catch {
    later(patience);
  }
}

/** Start asking, where the page says how often (`data-refresh`, in seconds). */
export function keepFresh(): void {
  const seconds = Number(document.querySelector<HTMLElement>("[data-refresh]")?.dataset["refresh"]);
  if (seconds > 0) later(seconds);
}
