"""The press desk's pages: the whole path from a blank form to the press room, and everything that stops it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from confapp.database import db
from confapp.domain import permissions
from confapp.domain.live.stage import Fact
from confapp.domain.permissions import Role
from confapp.domain.press.transcripts import Policy, Version, VersionKind, VersionState
from tests import pages
from tests.factories import at, make_session
from tests.newsroom import DESK, Newsroom
from tests.press import ENDS, MINUTE, SECOND, STARTS

S = VersionState


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Newsroom:
    """A released keynote and its press office."""
    return Newsroom(app, write, clock)


def _version(newsroom: Newsroom) -> Version:
    """The one version there is, as it stands."""
    with newsroom.write():
        return db.session.scalars(sa.select(Version)).one()


def _written(newsroom: Newsroom, **more: Any) -> Version:
    form = pages.open_form(newsroom.as_("writer"), f"{DESK}/new")
    answer = form.send(
        {
            "session": newsroom.code,
            "kind": "as_prepared",
            "headline": "Vaccines for the next outbreak",
            "byline": "Ada Lindqvist",
            "delivered_on": "2026-05-18",
            "blocks.text": [
                "Good afternoon to all of you.\n\nBiology moves faster than treaties.",
                "(Applause)",
                "",
                "",
            ],
            "blocks.kind": ["speech", "remark", "speech", "speech"],
            "blocks.speaker": ["Ada Lindqvist", "", "", ""],
            "blocks.id": ["", "", "", ""],
            **more,
        }
    )
    assert answer.status_code == 302, answer.text
    return _version(newsroom)


# The whole path.


def test_from_a_blank_form_to_the_press_room(newsroom: Newsroom) -> None:
    version = _written(newsroom)
    assert [(block["id"], block["kind"], block["text"]) for block in version.blocks] == [
        (1, "speech", "Good afternoon to all of you."),
        (2, "speech", "Biology moves faster than treaties."),
        (3, "remark", "(Applause)"),
    ]
    public = version.transcript.public_id
    anyone = newsroom.app.test_client()
    unknown = anyone.get(f"/summit/press/{'0' * 32}")
    assert unknown.status_code == 404

    def stays_secret() -> None:
        newsroom.sweep()
        assert not newsroom.is_public("Vaccines")
        for suffix in ("", ".txt", ".json", "/v/1", "?language=en"):
            before = anyone.get(f"/summit/press/{public}{suffix}")
            assert (before.status_code, before.data) == (404, unknown.data)
            assert before.headers["Cache-Control"] == "no-store"

    for person, deed, values in (
        ("writer", "submit", {}),
        ("approver", "approve", None),
        ("officer", "arm", {"policy": "on_session_end", "undo_seconds": "60"}),
    ):
        stays_secret()
        if values is None:
            page = newsroom.as_(person).get(newsroom.url(version))
            values = {"seen": pages.tree(page).xpath("//input[@name='seen']/@value")[0]}
        assert newsroom.send(person, newsroom.url(version, deed), values).status_code == 302
    assert _version(newsroom).state is S.ARMED
    newsroom.clock.now = ENDS + 10 * MINUTE
    stays_secret()  # its planned end passed, and nobody confirmed it
    newsroom.say(Fact.STARTED)
    newsroom.say(Fact.ENDED)
    stays_secret()
    newsroom.clock.tick(seconds=59)
    stays_secret()
    newsroom.clock.tick(seconds=1)
    newsroom.sweep()
    for url in ("/press/", "/summit/press/", f"/summit/sessions/{newsroom.code}", f"/summit/press/{public}"):
        assert "Vaccines for the next outbreak" in anyone.get(url).text, url
    assert "Biology moves faster than treaties." in anyone.get(f"/summit/press/{public}").text
    assert anyone.get(f"/summit/press/{public}.txt").status_code == 200


def test_an_end_that_is_taken_back_within_the_delay_releases_nothing(newsroom: Newsroom) -> None:
    with newsroom.write():
        newsroom.scene.armed()
    newsroom.clock.now = ENDS
    newsroom.say(Fact.STARTED)
    newsroom.say(Fact.ENDED)
    newsroom.clock.tick(seconds=30)
    newsroom.say(Fact.REVOKED)
    newsroom.sweep(ENDS + 60 * MINUTE)
    assert _version(newsroom).state is S.ARMED
    newsroom.clock.tick(minutes=5)
    newsroom.say(Fact.ENDED)
    newsroom.sweep(newsroom.clock.now + 60 * SECOND)
    assert _version(newsroom).state is S.RELEASED


def test_one_press_officer_holds_it_and_two_lift_it(newsroom: Newsroom) -> None:
    with newsroom.write():
        version = newsroom.scene.armed()
    queue = newsroom.as_("approver").get(DESK)
    assert len(pages.tree(queue).xpath("//form[contains(@action, '/hold')]")) == 1
    assert newsroom.send("approver", newsroom.url(version, "hold")).status_code == 302
    newsroom.clock.now = ENDS
    newsroom.say(Fact.STARTED)
    newsroom.say(Fact.ENDED)
    newsroom.sweep(ENDS + 60 * MINUTE)
    assert _version(newsroom).state is S.HELD
    newsroom.send("approver", newsroom.url(version, "unhold"))
    again = newsroom.as_("approver").get(newsroom.url(version))
    assert "You asked for it; somebody else has to confirm it." in again.text
    assert _version(newsroom).state is S.HELD
    newsroom.send("officer", newsroom.url(version, "unhold"))
    assert _version(newsroom).state is S.APPROVED
    newsroom.sweep(ENDS + 120 * MINUTE)
    assert _version(newsroom).state is S.APPROVED


# Who may.


def test_nobody_approves_their_own_words_even_with_both_roles(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    with newsroom.write():
        permissions.grant(
            newsroom.people["writer"], newsroom.conference.id, Role.PRESS_APPROVER, by=None, now=newsroom.clock.now
        )
    newsroom.send("writer", newsroom.url(version, "submit"))
    page = newsroom.as_("writer").get(newsroom.url(version))
    assert "Whoever wrote or edited any of it cannot approve it; ask somebody else." in page.text
    assert pages.tree(page).xpath("//input[@name='seen']") == []
    seen = _version(newsroom).hash
    refused = newsroom.send("writer", newsroom.url(version, "approve"), {"seen": seen, "is_checked": "true"})
    assert refused.status_code == 409
    assert pages.summary(refused) == ["Whoever wrote or edited any of it cannot approve it; ask somebody else."]
    assert _version(newsroom).state is S.IN_REVIEW


def test_an_administrator_has_no_press_duty(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    admin = newsroom.as_("admin")
    for url in (DESK, f"{DESK}/new", f"{DESK}/import", newsroom.url(version), newsroom.url(version, "edit")):
        assert admin.get(url).status_code == 404
    for deed in ("submit", "approve", "arm", "hold", "withdraw", "discard"):
        assert newsroom.send("admin", newsroom.url(version, deed)).status_code == 404
    assert _version(newsroom).state is S.DRAFT


@pytest.mark.parametrize(
    ("person", "state", "deed"),
    [
        ("approver", S.DRAFT, "submit"),
        ("approver", S.DRAFT, "edit"),
        ("officer", S.IN_REVIEW, "approve"),
        ("officer", S.IN_REVIEW, "request-changes"),
        ("approver", S.APPROVED, "arm"),
        ("approver", S.ARMED, "disarm"),
        ("approver", S.RELEASED, "correct"),
        ("stage", S.ARMED, "hold"),
    ],
)
def test_each_deed_takes_its_duty(newsroom: Newsroom, person: str, state: VersionState, deed: str) -> None:
    with newsroom.write():
        version = newsroom.scene.bring(newsroom.scene.draft(), state)
    assert newsroom.send(person, newsroom.url(version, deed), {"reason": "x"}).status_code == 404
    assert _version(newsroom).state is state


def test_the_page_says_why_something_is_not_offered(newsroom: Newsroom) -> None:
    version = newsroom.draft(headline="Vaccines, TBC", byline="")
    page = newsroom.as_("writer").get(newsroom.url(version))
    assert pages.words(page, "//*[@class='offer__closed']") == ["Submit for approvalThese are still missing: byline."]
    form = pages.open_form(newsroom.as_("writer"), newsroom.url(version, "edit"))
    assert form.send(byline="Ada Lindqvist").status_code == 302
    page = newsroom.as_("approver").get(newsroom.url(version))
    assert "This takes the role press officer." in page.text
    refused = newsroom.send("writer", newsroom.url(version, "submit"))
    assert refused.status_code == 409
    assert pages.summary(refused) == ["1 placeholders are still to be filled in: TBC (headline)."]


# Deeds.


def test_words_as_delivered_are_approved_against_a_recording(newsroom: Newsroom) -> None:
    version = newsroom.draft(kind=VersionKind.AS_DELIVERED)
    newsroom.send("writer", newsroom.url(version, "submit"))
    client = newsroom.as_("approver")
    form = next(
        form for number in range(9) if "seen" in (form := pages.open_form(client, newsroom.url(version), number)).values
    )
    refused = form.send()
    assert refused.status_code == 409
    assert "checked against a recording" in pages.summary(refused)[0]
    assert form.send(is_checked="true").status_code == 302
    assert _version(newsroom).state is S.APPROVED


def test_an_approver_who_read_other_words_is_refused(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    newsroom.send("writer", newsroom.url(version, "submit"))
    refused = newsroom.send("approver", newsroom.url(version, "approve"), {"seen": "0" * 64})
    assert refused.status_code == 409
    assert pages.summary(refused) == ["The words changed since you read them; read them again."]


def test_changes_are_asked_for_with_a_reason(newsroom: Newsroom) -> None:
    with newsroom.write():
        version = newsroom.scene.bring(newsroom.scene.draft(), S.IN_REVIEW)
    form = pages.open_form(newsroom.as_("approver"), newsroom.url(version, "request-changes"))
    refused = form.send(reason=" ")
    assert (refused.status_code, pages.errors(refused)) == (422, {"reason": "Fill this in."})
    assert form.send(reason="The figures are last year's.").status_code == 302
    page = newsroom.as_("writer").get(newsroom.url(version))
    assert "The figures are last year&#39;s." in page.text
    assert _version(newsroom).state is S.CHANGES_REQUESTED


def test_arming_presets_no_policy(newsroom: Newsroom) -> None:
    with newsroom.write():
        version = newsroom.scene.bring(newsroom.scene.draft(), S.APPROVED)
    form = pages.open_form(newsroom.as_("officer"), newsroom.url(version, "arm"))
    assert "policy" not in form.values
    refused = form.send()
    assert (refused.status_code, pages.errors(refused)) == (422, {"policy": "Fill this in."})
    late = form.send(policy="at_time", at="2026-05-18T10:59")
    assert (late.status_code, pages.summary(late)) == (409, ["That time has passed."])
    assert pages.form_in(newsroom.as_("officer"), late)["at"] == "2026-05-18T10:59"
    assert form.send(policy="at_time", at="2026-05-18T18:00", undo_seconds="0").status_code == 302
    armed = _version(newsroom)
    assert (armed.policy, armed.policy_at, armed.undo_seconds) == (Policy.AT_TIME, at("18:00"), 0)
    assert newsroom.send("officer", newsroom.url(version, "disarm")).status_code == 302
    assert _version(newsroom).state is S.APPROVED


def test_a_release_by_hand_waits_for_the_go_ahead(newsroom: Newsroom) -> None:
    with newsroom.write():
        version = newsroom.scene.armed(Policy.MANUAL)
    newsroom.sweep(ENDS)
    assert _version(newsroom).state is S.ARMED
    assert newsroom.send("officer", newsroom.url(version, "go-ahead")).status_code == 302
    newsroom.sweep(newsroom.clock.now + 59 * SECOND)
    assert _version(newsroom).state is S.ARMED
    newsroom.sweep(newsroom.clock.now + 60 * SECOND)
    assert _version(newsroom).state is S.RELEASED


def test_withdrawing_needs_a_reason_and_a_second_person(newsroom: Newsroom) -> None:
    with newsroom.write():
        version = newsroom.scene.bring(newsroom.scene.draft(), S.RELEASED)
    form = pages.open_form(newsroom.as_("officer"), newsroom.url(version, "withdraw"))
    assert form.send(reason="").status_code == 422
    assert form.send(reason="The wrong speech.").status_code == 302
    queue = newsroom.as_("second").get(DESK)
    assert pages.words(queue, "//h2[@id='queue-withdrawn']") == ["Withdrawals to confirm 1"]
    own = newsroom.send("officer", newsroom.url(version, "confirm-withdrawal"))
    assert pages.summary(own) == ["Somebody else has to confirm the withdrawal."]
    assert newsroom.send("second", newsroom.url(version, "confirm-withdrawal")).status_code == 302
    assert pages.words(newsroom.as_("second").get(DESK), "//h2[@id='queue-withdrawn']") == []


def test_a_correction_is_a_new_draft_beside_the_public_words(newsroom: Newsroom) -> None:
    with newsroom.write():
        version = newsroom.scene.bring(newsroom.scene.draft(), S.RELEASED)
    form = pages.open_form(newsroom.as_("officer"), newsroom.url(version, "correct"))
    answer = form.send(category="typo", note="A name was misspelt.")
    assert answer.status_code == 302
    edit = pages.open_form(newsroom.as_("officer"), f"{answer.location}/edit")
    assert (edit["correction"], edit["correction_note"]) == ("typo", "A name was misspelt.")
    assert edit.values["blocks.id"][:3] == ["1", "2", "3"]
    assert newsroom.is_public("Vaccines for the next outbreak")


def test_a_discarded_version_leaves_the_queue(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    form = pages.open_form(newsroom.as_("writer"), newsroom.url(version, "discard"))
    assert form.send().status_code == 302
    assert _version(newsroom).state is S.DISCARDED
    assert "Nothing waits at the press desk." in newsroom.as_("writer").get(DESK).text


def test_a_deed_without_a_token_is_refused(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    assert newsroom.as_("writer").post(newsroom.url(version, "submit")).status_code == 400
    assert _version(newsroom).state is S.DRAFT


# The queue.


def test_the_queue_puts_the_urgent_first(newsroom: Newsroom) -> None:
    with newsroom.write():
        scene = newsroom.scene
        for state in (S.DRAFT, S.IN_REVIEW, S.APPROVED, S.HELD, S.CHANGES_REQUESTED):
            scene.bring(scene.draft(session=None, headline=state.value), state)
        scene.arm(scene.approve(scene.draft(session=None, headline="timed")), Policy.AT_TIME, at=at("12:00"))
        scene.arm(scene.approve(scene.draft(headline="waiting")))
    shown = newsroom.as_("officer").get(DESK)
    assert pages.words(shown, "//h3/a") == [
        "timed",
        "waiting",
        "held",
        "in_review",
        "approved",
        "changes_requested",
        "draft",
    ]
    newsroom.clock.now = ENDS + 15 * MINUTE
    late = newsroom.as_("officer").get(DESK)
    assert pages.words(late, "//h2[@id='queue-overdue']") == ["Overdue 2"]
    assert pages.words(late, "//*[@class='queue__alarm']") == [
        "It should be public since Monday 18 May 2026, 12:00. Open it to see what is in the way.",
        "Its session should have ended at 14:30, and the stage desk has not confirmed it.",
    ]


def test_the_countdown_is_shown_to_the_second(newsroom: Newsroom) -> None:
    with newsroom.write():
        newsroom.scene.armed()
    newsroom.clock.now = STARTS
    newsroom.say(Fact.STARTED)
    newsroom.say(Fact.ENDED)
    newsroom.clock.tick(seconds=13)
    assert pages.words(newsroom.as_("officer").get(DESK), "//*[@class='countdown']") == ["0:47"]


def test_the_queue_takes_the_same_queries_for_1_and_for_30_versions(newsroom: Newsroom, count_queries: Any) -> None:
    def queries() -> int:
        client = newsroom.as_("officer")
        client.get(DESK)
        with count_queries() as statements:
            assert client.get(DESK).status_code == 200
        return len(statements)

    with newsroom.write():
        newsroom.scene.armed()
    one = queries()
    with newsroom.write():
        scene = newsroom.scene
        for number in range(29):
            session = make_session(scene.conference, f"Talk {number}")
            version = scene.draft(session=session)
            scene.bring(version, (S.DRAFT, S.IN_REVIEW, S.APPROVED, S.HELD)[number % 4])
    assert queries() == one
