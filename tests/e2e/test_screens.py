"""Screens in a room: the sign by its door, read from ten metres, and the desk on a tablet."""

from __future__ import annotations

import pytest

from tests.e2e.browsing import barriers, overflow
from tests.e2e.conftest import Visit

TELEVISION, UPRIGHT, TABLET = (
    {"width": 1920, "height": 1080},
    {"width": 1080, "height": 1920},
    {"width": 1024, "height": 768},
)
SMALLEST = 58
"""Pixels of 1080 for the smallest letters: 19 mm of capitals on a screen of 43 inches; at ten metres one wants 15."""
LONG = "How containers re-defined the operating system: a greybeard's worst nightmare, told again with a happy end"


@pytest.mark.parametrize("screen", [TELEVISION, UPRIGHT], ids=["wide", "upright"])
def test_a_sign_fills_its_screen_with_letters_that_are_read_from_ten_metres(
    visit: Visit, screen: dict[str, int]
) -> None:
    page = visit(viewport=screen).open("/biotech/rooms/aula/sign")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter((each) => each.childElementCount === 0)
            .map((each) => parseFloat(getComputedStyle(each).fontSize))"""
    )
    assert len(sizes) >= 3
    assert min(sizes) >= SMALLEST
    assert overflow(page) == []
    assert page.evaluate("document.documentElement.scrollHeight") == screen["height"]
    assert barriers(page) == []


def test_a_long_title_leaves_later_lines_out_whole(visit: Visit) -> None:
    page = visit(viewport=TELEVISION).open("/biotech/rooms/aula/sign")
    page.evaluate(
        """(words) => {
            const title = document.querySelector(".sign__title");
            title.textContent = `${words}. ${words}`;
            title.classList.add("sign__title--long");
            // Towards the evening nothing is left to list.
            const later = document.querySelector(".sign__next") ?? document.createElement("ul");
            if (!later.isConnected) document.querySelector("main").append(later);
            later.className = "sign__next";
            later.replaceChildren(...[1, 2, 3].map((hour) => {
                const line = document.createElement("li");
                line.innerHTML = `<time>1${hour}:00</time><span>${words}</span>`;
                return line;
            }));
        }""",
        LONG,
    )
    assert page.evaluate("document.documentElement.scrollHeight") == TELEVISION["height"]
    boxes = page.evaluate(
        """() => {
            const list = document.querySelector(".sign__next").getBoundingClientRect();
            return [...document.querySelectorAll(".sign__next li")].map((each) => {
                const box = each.getBoundingClientRect();
                return [box.left < list.right - 1, box.top >= list.top - 1 && box.bottom <= list.bottom + 1];
            });
        }"""
    )
    assert [is_whole for is_shown, is_whole in boxes if is_shown]
    assert all(is_whole for is_shown, is_whole in boxes if is_shown)
    assert not all(is_shown for is_shown, _ in boxes)


def test_the_desk_on_a_tablet_is_in_nobodys_way(visit: Visit) -> None:
    page = visit("stage", viewport=TABLET).open("/organise/biotech/stage/aula")
    assert barriers(page) == []
    assert overflow(page) == []
    for button in page.locator(".desk__buttons button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= TABLET["height"]
        assert box["height"] >= 88
