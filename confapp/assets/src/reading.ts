// Comforts of a transcript's page: quotes with their citation, links to copy, the device's own share sheet, printing.
// Everything here is hidden or a plain link where no script runs.

/** Say something to those who cannot see that it happened. */
function say(words: string): void {
  const place = document.querySelector<HTMLElement>("[data-said]");
  if (place) place.textContent = words;
}

/** Copy words; whether that worked: a browser may refuse. */
async function copy(words: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return false;
  }
}

/** Show on a control for a moment that something was done. */
function confirm(control: HTMLElement, words: string): void {
  const before = control.textContent;
  control.textContent = words;
  say(words);
  setTimeout(() => (control.textContent = before), 2000);
}

/** What a reader has marked within a paragraph, else all of its words. */
function quoted(block: HTMLElement): string {
  const selection = getSelection();
  const paragraph = block.querySelector("p");
  if (selection && paragraph && !selection.isCollapsed && paragraph.contains(selection.anchorNode) && paragraph.contains(selection.focusNode)) {
    return selection.toString().trim();
  }
  return paragraph?.textContent?.trim() ?? "";
}

/** A paragraph's “Quote” copies its words with who said them, where and when; without a clipboard its page opens. */
function mindQuotes(): void {
  const words = document.querySelector<HTMLElement>("[data-citation]");
  words?.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-quote]");
    const block = link?.closest<HTMLElement>(".block");
    if (!link || !block || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const citation = `“${quoted(block)}”\n— ${words.dataset["citation"] ?? ""}#${block.id}`;
    void copy(citation).then((done) => {
      if (done) confirm(link, words.dataset["copied"] ?? "");
      else location.assign(link.href);
    });
  });
}

function mindButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      void copy(button.dataset["copy"] ?? "").then((done) => done && confirm(button, button.dataset["copied"] ?? ""));
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-share]")) {
    if (!("share" in navigator)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const shared = { title: button.dataset["title"] ?? "", url: button.dataset["share"] ?? "" };
      navigator.share(shared).catch(() => undefined); // closing the sheet is no fault
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}

/** Start, on pages that have something to quote or share. */
export function mindReading(): void {
  mindQuotes();
  mindButtons();
}
