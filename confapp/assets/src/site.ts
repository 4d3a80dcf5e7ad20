// What every page needs of a browser: htmx for fragments, and small comforts that degrade to nothing.
import "htmx.org";

import { countDown, mindEditor } from "./editor";
import { mindKeys } from "./keys";
import { mindReading } from "./reading";
import { keepFresh } from "./refresh";
import { takeStars } from "./taking";

/** The error summary takes the focus when a form comes back refused, so that it is read first. */
function focusErrors(): void {
  document.querySelector<HTMLElement>("[data-error-summary]")?.focus();
}

/** Strips that scroll sideways on a phone begin at the page one is on. */
function showCurrent(): void {
  for (const current of document.querySelectorAll<HTMLElement>("[data-strip] [aria-current]")) {
    const strip = current.closest<HTMLElement>("[data-strip]");
    if (strip && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = current.offsetLeft - strip.offsetLeft - 24;
  }
}

/** An open menu closes on Escape, on a press elsewhere, and when the focus leaves it. */
function closeMenus(): void {
  const openMenus = () => document.querySelectorAll<HTMLDetailsElement>("details.menu[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  for (const kind of ["pointerdown", "focusin"] as const) {
    document.addEventListener(kind, (event) => {
      for (const menu of openMenus()) if (!menu.contains(event.target as Node)) menu.open = false;
    });
  }
}

/** A form is sent once: a second press, while the answer is on its way, would do everything again. */
function sendOnce(): void {
  const sent = new WeakSet<HTMLFormElement>();
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== "post" || form.target) return;
    if (sent.has(form)) event.preventDefault();
    sent.add(form);
    // A download answers without leaving the page, and what failed must be sent again.
    setTimeout(() => sent.delete(form), 5000);
  });
}

focusErrors();
showCurrent();
closeMenus();
sendOnce();
keepFresh();
mindReading();
mindEditor();
mindKeys();
countDown();
takeStars();
