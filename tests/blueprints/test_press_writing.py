"""Writing at the press desk: typing that is kept, edits brought together, comparing, previewing, commenting."""

from __future__ import annotations

from typing import Any

import pytest

from confapp.domain.press import transcripts, working_copies
from confapp.domain.press.transcripts import Version, VersionKind, VersionState
from tests import pages
from tests.factories import token_for
from tests.newsroom import Newsroom


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Newsroom:
    """A released keynote and its press office."""
    return Newsroom(app, write, clock)


def _edit(newsroom: Newsroom, version: Version, name: str) -> pages.PageForm:
    return pages.open_form(newsroom.as_(name), newsroom.url(version, "edit"))


def test_typing_is_kept_until_it_is_saved(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    form = _edit(newsroom, version, "writer")
    form.values["headline"] = ["Half a sent"]
    url = newsroom.url(version, "working-copy")
    told = form.client.post(url, data=form.values).json
    assert (told["lock_version"], told["others"]) == (1, [])
    kept = form.client.get(url).json
    assert ["headline", "Half a sent"] in kept["typed"]
    assert not any(name == "csrf_token" for name, _ in kept["typed"])
    assert version.headline == "Vaccines for the next outbreak"
    officer = newsroom.as_("officer")
    assert officer.get(url).json["typed"] is None
    assert officer.get(url).json["others"] == ["Writer"]
    assert "Somebody else is editing this" in officer.get(newsroom.url(version, "edit")).text
    newsroom.clock.tick(minutes=6)
    assert officer.get(url).json["others"] == []
    assert form.send(headline="A whole sentence").status_code == 302
    assert form.client.get(url).json["typed"] is None


def test_typing_can_be_thrown_away(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    with newsroom.write():
        working_copies.keep(version, [("headline", "x")], expected=1, by=newsroom.scene.writer, now=newsroom.clock.now)
    assert newsroom.send("writer", newsroom.url(version, "working-copy", "discard")).status_code == 303
    assert newsroom.as_("writer").get(newsroom.url(version, "working-copy")).json["typed"] is None


def test_edits_of_different_paragraphs_are_brought_together(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    mine, theirs = _edit(newsroom, version, "writer"), _edit(newsroom, version, "officer")
    theirs.values["blocks.text"][0] = "Good evening to all of you."
    theirs.values["blocks.text"][3] = "Their last words."
    assert theirs.send(place="Brussels").status_code == 302
    mine.values["blocks.text"][2] = "Treaties are slow."
    saved = mine.send(headline="My headline")
    assert saved.status_code == 302
    assert pages.notices(mine.client.get(saved.location)) == ["Saved, with what somebody else changed meanwhile."]
    with newsroom.write():
        stands = transcripts.version(newsroom.conference, version.uuid)
        assert (stands.headline, stands.place, stands.lock_version) == ("My headline", "Brussels", 3)
        assert [each["text"] for each in stands.blocks] == [
            "Good evening to all of you.",
            "(Applause)",
            "Treaties are slow.",
            "Their last words.",
        ]


def test_delivered_words_are_compared_with_the_prepared_ones(newsroom: Newsroom) -> None:
    prepared = newsroom.draft()
    words = [{"kind": "speech", "speaker": "Ada Lindqvist", "text": "Good evening to all of you."}]
    delivered = newsroom.draft(transcript=prepared.transcript, kind=VersionKind.AS_DELIVERED, blocks=words)
    page = newsroom.as_("approver").get(newsroom.url(delivered, "compare"))
    assert pages.words(page, "//del")[0] == "afternoon"
    assert pages.words(page, "//ins") == ["evening"]
    other = newsroom.draft(session=None)
    assert newsroom.as_("officer").get(newsroom.url(delivered, f"compare?with={other.uuid}")).status_code == 404
    assert newsroom.as_("officer").get(newsroom.url(delivered, "compare?with=none")).status_code == 404


def test_any_two_states_of_a_version_are_compared(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    form = _edit(newsroom, version, "writer")
    form.values["blocks.text"][0] = "Good evening to all of you."
    form.send(headline="Another headline")
    page = newsroom.as_("officer").get(newsroom.url(version, f"compare?with={version.uuid}.1"))
    assert "evening" in pages.words(page, "//ins")
    assert "Another headline" in " ".join(pages.words(page, "//ins")) or "Another" in pages.words(page, "//ins")[0]
    assert newsroom.as_("officer").get(newsroom.url(version, f"compare?with={version.uuid}.9")).status_code == 404


@pytest.mark.parametrize("state", [VersionState.DRAFT, VersionState.ARMED])
def test_a_preview_is_for_the_desk_alone(newsroom: Newsroom, state: VersionState) -> None:
    with newsroom.write():
        version = newsroom.scene.bring(newsroom.scene.draft(), state)
    page = newsroom.as_("approver").get(newsroom.url(version, "preview"))
    assert pages.words(page, "//h1") == ["Vaccines for the next outbreak"]
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "Check against delivery" in page.text
    assert newsroom.app.test_client().get(newsroom.url(version, "preview")).status_code == 302
    assert newsroom.as_("admin").get(newsroom.url(version, "preview")).status_code == 404
    assert not newsroom.is_public("Vaccines")


def test_people_talk_about_paragraphs(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    url = newsroom.url(version, "comments")
    assert newsroom.send("approver", url, {"block": "3", "text": "Is that so?"}).location.endswith("#p-3")
    assert newsroom.send("approver", url, {"block": "9", "text": "?"}).status_code == 422
    assert newsroom.send("approver", url, {"block": "", "text": ""}).status_code == 422
    page = newsroom.as_("writer").get(newsroom.url(version))
    (said,) = pages.words(page, "//section[@id='comments']//li")
    assert "paragraph 3 Is that so?" in said
    form = next(
        each for each in pages.tree(page).xpath("//section[@id='comments']//form/@action") if each.endswith("resolve")
    )
    assert newsroom.send("writer", form).status_code == 303
    assert "1 dealt with" in newsroom.as_("writer").get(newsroom.url(version)).text
    assert newsroom.send("writer", newsroom.url(version, "comments", "99", "resolve")).status_code == 404


def test_the_desk_shows_what_is_to_be_filled_in(newsroom: Newsroom) -> None:
    blocks = [{"kind": "speech", "speaker": None, "text": "We thank [[minister]]."}]
    version = newsroom.draft(place="TBC", blocks=blocks)
    page = newsroom.as_("officer").get(newsroom.url(version))
    assert pages.words(page, "//*[contains(@class, 'notice--warn')]//mark") == ["TBC", "[[", "]]"]


def test_keeping_takes_the_duty_and_the_token(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    url = newsroom.url(version, "working-copy")
    approver = newsroom.as_("approver")
    assert approver.post(url, data={"csrf_token": token_for(approver)}).status_code == 404
    assert newsroom.as_("writer").post(url, data={"headline": "x"}).status_code == 400
