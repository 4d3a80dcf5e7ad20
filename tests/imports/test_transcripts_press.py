"""A keynote saved from a news page: what starts it, what ends it, and what is left to a person."""

from __future__ import annotations

from datetime import date

import pytest

from confapp.imports.transcripts import Elision, EventCandidate, SpeakerPlan, TranscriptPlan, read_transcript
from confapp.imports.transcripts.bylines import read_byline, split_speaker
from confapp.imports.transcripts.facts import dateline, find_date, only_date, version_kind
from confapp.imports.transcripts.markers import end_marker

HEAD = (
    "Harbour summit opens\n\nHarbour summit opens\nMarch 4, 2026\n\nLATEST NEWS\n\n    • At the Harbour Data Summit\n\n"
)
BYLINE = "By Port Director General Jane Doe\n\n"
BODY = """Good morning. It is a joy to see the hall this full, and I thank the port for lending us its warehouse.

Why does it matter?

Because each ship that waits burns fuel, and the people who live by the quay breathe what it burns.
We have opened the berth times for this Harbour Data Summit, the tide gauges and the noise meters.

By working together we will go further. Thank you."""
TAIL = "\n\nShare this post:\n\nPOLL\n\nWho wins?\n\nThe tug\n\nRECENT NEWS\n\nShip sinks\n\nGo to Port Page\n"
PARAGRAPHS = [line for line in BODY.split("\n") if line]


def read(head: str = HEAD, byline: str = BYLINE, body: str = BODY, tail: str = TAIL) -> TranscriptPlan:
    return read_transcript((head + byline + body + tail).encode(), "page.txt")


def labels(plan: TranscriptPlan) -> list[str]:
    return [line.label for line in plan.lines if line.label != "blank"]


def asks(plan: TranscriptPlan, part: str) -> bool:
    return any(part in note for note in plan.review)


def test_the_whole_page():
    plan = read()
    assert plan.format == "page"
    assert plan.title == "Harbour summit opens"
    assert plan.kicker == "LATEST NEWS"
    assert plan.published_on == date(2026, 3, 4)
    assert plan.caption == "At the Harbour Data Summit"
    assert plan.speaker == SpeakerPlan("Jane Doe", "Director General", "Port")
    assert plan.event_candidates == (EventCandidate("Harbour Data Summit", (8, 17)),)
    assert (plan.place, plan.delivered_on, plan.kind, plan.language) == (None, None, "unspecified", "en")
    assert [block.text for block in plan.blocks] == PARAGRAPHS
    assert {block.kind for block in plan.blocks} == {"speech"}
    assert [block.joined for block in plan.blocks] == [False, False, False, True, False]
    assert plan.counts["blank_line_blocks"] == 4
    assert labels(plan) == [
        "headline", "headline", "date", "kicker", "caption", "byline", "body", "body", "body", "body", "body",
        "share", "poll", "poll", "poll", "recent-news", "recent-news", "page-link",
    ]  # fmt: skip


def test_a_person_is_asked_for_what_the_page_does_not_say():
    plan = read()
    assert asks(plan, "2026-03-04, a Wednesday, is only the date of the page")
    assert asks(plan, "The place is not stated")
    assert asks(plan, "as delivered or as prepared")
    assert plan.warnings == ()


def test_two_event_names_are_both_offered_and_neither_chosen():
    plan = read(body=BODY.replace("this Harbour Data Summit", "Europe’s Harbour Conference"))
    assert [candidate.name for candidate in plan.event_candidates] == ["Harbour Data Summit", "Harbour Conference"]
    assert asks(plan, "Which event is it?")


def test_without_a_byline_nothing_is_called_speech():
    plan = read(byline="")
    assert [block.text for block in plan.blocks] == PARAGRAPHS
    assert {block.kind for block in plan.blocks} == {"unclassified"}
    assert plan.speaker is None
    assert asks(plan, "No byline was found")
    assert plan.title == "Harbour summit opens"


def test_without_an_end_the_last_line_is_asked_for():
    plan = read(tail="\n")
    assert [block.text for block in plan.blocks] == PARAGRAPHS
    assert asks(plan, "Nothing marks the end")


def test_unknown_furniture_at_the_end_is_no_speech():
    plan = read(tail="\n\nDonate now\n\nOur sponsors\n")
    assert [block.text for block in plan.blocks if block.kind == "speech"] == PARAGRAPHS
    assert [block.text for block in plan.blocks if block.kind == "unclassified"] == ["Donate now", "Our sponsors"]
    assert asks(plan, "line 21, 23")


@pytest.mark.parametrize(
    "tail",
    [
        "Share this:\n\nFacebook\n\nX",
        "SHARE",
        "Related\n\nShip sinks",
        "Related articles",
        "You may also like",
        "Tags: port, data",
        "Leave a comment",
        "3 Comments",
        "ENDS\n\nNotes to editors",
        "© 2026 Port News. All rights reserved.",
        "Partager cet article",
        "Mehr zum Thema",
        "Follow us on Mastodon",
    ],
)
def test_other_pages_end_with_other_words(tail):
    plan = read(tail=f"\n\n{tail}\n")
    assert [block.text for block in plan.blocks] == PARAGRAPHS
    assert not asks(plan, "Nothing marks the end")


def test_a_sentence_that_speaks_of_a_poll_ends_nothing():
    body = BODY.replace("Why does it matter?", "Share this post: that is what the poll asked of us, and we did.")
    assert len(read(body=body).blocks) == 5


def test_a_share_row_above_the_words_does_not_end_them():
    plan = read(byline=BYLINE + "Share this:\n\nFacebook\n\nTwitter\n\n")
    assert [block.text for block in plan.blocks] == PARAGRAPHS
    assert labels(plan).count("share") == 4


def test_long_paragraphs_below_the_end_are_asked_about():
    assert asks(read(tail="\n\nRelated\n\n" + "words " * 40), "below the end of the transcript")


def test_a_page_without_copies_of_its_headline_and_without_a_date():
    plan = read(head="Harbour summit opens\n\n")
    assert (plan.title, plan.published_on, plan.kicker, plan.caption) == ("Harbour summit opens", None, None, None)
    assert asks(plan, "The date of delivery is not stated; give it.")


def test_a_menu_is_no_headline():
    plan = read(head="Home\n\nNews\n\nAbout us\n\nHarbour summit opens\n\nMarch 4, 2026\n\n")
    assert plan.title == "Harbour summit opens"
    assert asks(plan, "taken for the headline")
    assert asks(plan, "taken for nothing")


def test_a_summary_above_the_byline_is_not_part_of_the_words():
    plan = read(head=HEAD + "The head of the port opened the summit with a call for open data on Tuesday.\n\n")
    assert [block.text for block in plan.blocks] == PARAGRAPHS
    assert "standfirst" in labels(plan)
    assert len(plan.warnings) == 1


def test_a_speech_byline_outweighs_the_author_of_the_page():
    plan = read(byline="By admin | March 4, 2026\n\nRemarks by Jane Doe, Port Director\n\n")
    assert plan.speaker == SpeakerPlan("Jane Doe", "Director", "Port")
    assert plan.published_on == date(2026, 3, 4)


def test_an_office_in_the_byline_is_no_speaker():
    plan = read(byline="By the Press Office\n\n")
    assert plan.speaker is None
    assert asks(plan, "names an office")


def test_two_bylines_are_asked_about():
    assert asks(read(byline="By Jane Doe\n\nBy Ann Roe\n\n"), "More than one line reads like a byline")


def test_what_stands_right_below_the_byline_is_read():
    plan = read(byline="Speech by Jane Doe\nLisbon, 5 March 2026\nCheck against delivery\n\n")
    assert (plan.place, plan.delivered_on, plan.kind) == ("Lisbon", date(2026, 3, 5), "as_prepared")
    assert plan.published_on == date(2026, 3, 4)
    assert asks(plan, "confirm them")
    assert len(plan.blocks) == 5


def test_a_stated_delivery_is_taken():
    plan = read(byline="Delivered in Lisbon on 5 March 2026\n\nBy Jane Doe\n\n(As delivered)\n\n")
    assert (plan.place, plan.delivered_on, plan.kind) == ("Lisbon", date(2026, 3, 5), "as_delivered")


def test_a_byline_over_two_lines():
    assert read(byline="By\n\nJane Doe\n\n").speaker == SpeakerPlan("Jane Doe")


def test_a_date_that_can_be_read_two_ways_is_not_read():
    plan = read(head="Harbour summit opens\n\n04/03/2026\n\n")
    assert plan.published_on is None
    assert asks(plan, "two ways")


def test_hard_wrapped_words_are_whole_paragraphs_again():
    body = (
        "Good morning. It is a joy to see the hall this\nfull, and I thank the port for lending us its\nwarehouse.\n\n"
        "We have opened the berth times and the tide\ngauges, and many of you have built on them."
    )
    assert [block.text for block in read(body=body).blocks] == [
        "Good morning. It is a joy to see the hall this full, and I thank the port for lending us its warehouse.",
        "We have opened the berth times and the tide gauges, and many of you have built on them.",
    ]


def test_turns_anchor_a_page_without_a_byline():
    plan = read_transcript(b"A talk\n\nMarch 4, 2026\n\nJANE DOE: Good day.\n\nQ: Why now?\n\nRelated news\n", "a.txt")
    assert [(block.kind, block.speaker) for block in plan.blocks] == [("speech", "JANE DOE"), ("question", None)]


def test_elisions_are_told_apart():
    body = "… With this year, it is a lot. So, are you in the meeting we’ll have …?\n\n"
    body += "And […] so it goes on (inaudible) today."
    plan = read(body=body)
    assert plan.blocks[0].elisions == (Elision(0, "…", "omission"), Elision(69, "…", "unclassified"))
    assert [elision.kind for elision in plan.blocks[1].elisions] == ["omission", "inaudible"]
    assert asks(plan, "An ellipsis may be a pause")


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("NATO Secretary General Mark Rutte", ("Mark Rutte", "Secretary General", "NATO")),
        ("Jane Doe, Secretary General of NATO", ("Jane Doe", "Secretary General", "NATO")),
        ("Secretary General of NATO Jane Doe", ("Jane Doe", "Secretary General", "NATO")),
        (
            "Dr. Jane Doe, Director of Research, Port Institute",
            ("Dr. Jane Doe", "Director of Research", "Port Institute"),
        ),
        ("Jane Doe, Head of Data at Harbour Labs", ("Jane Doe", "Head of Data", "Harbour Labs")),
        ("Jane Doe (Port Institute)", ("Jane Doe", None, "Port Institute")),
        ("Minister of Defence Jane Doe", ("Jane Doe", "Minister of Defence", None)),
        ("President von der Leyen at the Summit", ("von der Leyen", "President", None)),
        ("H.E. Mr. John Roe, President of the Republic of Nowhere", ("John Roe", "President", "Republic of Nowhere")),
        ("Chairman Admiral Jane Doe", ("Jane Doe", "Chairman Admiral", None)),
        ("Jane Doe, Minister for Ports", ("Jane Doe", "Minister for Ports", None)),
        ("Jane Doe", ("Jane Doe", None, None)),
    ],
)
def test_bylines_are_parted(text, speaker):
    assert split_speaker(text) == SpeakerPlan(*speaker)


@pytest.mark.parametrize(
    "text", ["the Prime Minister", "Jane", "4 experts", "Director General for Ports Jane Doe of 2026"]
)
def test_a_byline_that_cannot_be_parted_is_not_guessed_at(text):
    assert split_speaker(text) is None


@pytest.mark.parametrize(
    "text",
    ["By working together we win", "By and large, it holds", "By 2030 we will invest more", "Bypass", "By the way."],
)
def test_a_sentence_that_begins_with_by_is_no_byline(text):
    assert read_byline(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("November 1, 2025", date(2025, 11, 1)),
        ("Saturday, 1 November 2025 10:30 AM CET", date(2025, 11, 1)),
        ("Posted on Nov. 1st, 2025", date(2025, 11, 1)),
        ("Published: 2025-11-01T10:00:00Z", date(2025, 11, 1)),
        ("1er novembre 2025", date(2025, 11, 1)),
        ("1. März 2026", date(2026, 3, 1)),
        ("16 de maig de 2019", date(2019, 5, 16)),
        ("13/02/2025", date(2025, 2, 13)),
        ("02/02/2025", date(2025, 2, 2)),
    ],
)
def test_dates(text, value):
    reading = only_date(text)
    assert reading is not None
    assert reading.value == value


def test_dates_that_are_none():
    assert find_date("30 February 2025") is None
    assert only_date("He was born on May 1, 1950 in a town") is None
    assert only_date("Lisbon, 3 May 2026") is None
    placed = dateline("Lisbon, Portugal – 3 May 2026")
    assert placed is not None
    assert placed[0] == "Lisbon, Portugal"


def test_labels_of_versions():
    assert version_kind("(As delivered)") == "as_delivered"
    assert version_kind("Remarks as prepared for delivery") == "as_prepared"
    assert version_kind("CHECK AGAINST DELIVERY") == "as_prepared"
    assert version_kind("Speaking notes") == "notes"
    assert version_kind("Good morning") is None


def test_markers_are_whole_lines():
    assert end_marker("RECENT NEWS") == "recent-news"
    assert end_marker("Poll:") == "poll"
    assert end_marker("The poll was clear.") is None
    assert end_marker("Share your knowledge with them") is None
