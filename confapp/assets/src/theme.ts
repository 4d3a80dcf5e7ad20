// Light or dark: applies the reader's kept choice before the first paint, and minds the button that changes it.
// A plain script in the head, without imports, since a module would only run after the page was seen.

type Theme = "light" | "dark";

const key = "theme";
const root = document.documentElement;
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

/** The choice kept on this device; null where none was made or storage is closed to us. */
function keptTheme(): Theme | null {
  try {
    const kept = localStorage.getItem(key);
    return kept === "light" || kept === "dark" ? kept : null;
  } catch {
    return null;
  }
}

/** Keep a choice, or forget it where it is null. */
function keepTheme(theme: Theme | null): void {
  try {
    if (theme) localStorage.setItem(key, theme);
    else localStorage.removeItem(key);
  } catch {
    // A private window may refuse: then the choice lasts for this page.
  }
}

function isDark(): boolean {
  return root.dataset["theme"] ? root.dataset["theme"] === "dark" : systemIsDark.matches;
}

/** Show the buttons marked `data-theme-toggle`, which stay hidden where no script runs. */
function mindButtons(): void {
  const buttons = document.querySelectorAll<HTMLButtonElement>("[data-theme-toggle]");
  const show = (): void => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(isDark()));
  };
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next: Theme = isDark() ? "light" : "dark";
      // Choosing what the system says anyway means following the system again.
      const follows = (next === "dark") === systemIsDark.matches;
      keepTheme(follows ? null : next);
      if (follows) delete root.dataset["theme"];
      else root.dataset["theme"] = next;
      show();
    });
  }
  systemIsDark.addEventListener("change", show);
  show();
}

const kept = keptTheme();
if (kept) root.dataset["theme"] = kept;
document.addEventListener("DOMContentLoaded", mindButtons);

export {};
