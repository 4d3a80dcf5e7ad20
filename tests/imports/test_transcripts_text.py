"""Plain text and Markdown: paragraphs, turns, remarks, numbers."""

from __future__ import annotations

from datetime import date

import pytest

from confapp.domain.errors import Invalid
from confapp.imports.transcripts import BlockPlan, SpeakerPlan, TranscriptPlan, read_transcript


def read(text: str, filename: str = "talk.txt") -> TranscriptPlan:
    return read_transcript(text.encode(), filename)


def said(plan: TranscriptPlan) -> list[tuple[str, str | None, str]]:
    return [(block.kind, block.speaker, block.text) for block in plan.blocks]


def test_one_paragraph_a_line_and_a_headline_that_stands_alone():
    plan = read("On open harbours\n\nGood morning to you all.\nIt is a good day.\n\nThank you.")
    assert plan.title == "On open harbours"
    assert plan.blocks == (
        BlockPlan("speech", "Good morning to you all.", line=3),
        BlockPlan("speech", "It is a good day.", line=4, joined=True),
        BlockPlan("speech", "Thank you.", line=6),
    )


def test_stated_facts_are_taken_off_the_top():
    plan = read(
        "Title: On harbours\nSpeaker: Jane Doe, Port Director\nDelivered: 3 May 2026\nPlace: Lisbon\n\nGood morning."
    )
    assert (plan.title, plan.delivered_on, plan.place) == ("On harbours", date(2026, 5, 3), "Lisbon")
    assert plan.speaker == SpeakerPlan("Jane Doe", "Director", "Port")
    assert [block.text for block in plan.blocks] == ["Good morning."]


def test_named_turns_last_until_the_next():
    plan = read("JANE:  Good day.\nANN DOE (chair): Welcome, dear Jane.\n\nIt is good.\n[ Applause ]\nMR. ROE: Yes.")
    assert said(plan) == [
        ("speech", "JANE", "Good day."),
        ("speech", "ANN DOE (chair)", "Welcome, dear Jane."),
        ("speech", "ANN DOE (chair)", "It is good."),
        ("remark", None, "[ Applause ]"),
        ("speech", "MR. ROE", "Yes."),
    ]
    assert [block.opens_turn for block in plan.blocks] == [True, True, False, False, True]
    assert plan.counts["turns"] == 3
    assert plan.speakers == ("JANE", "ANN DOE (chair)", "MR. ROE")


def test_turns_without_names():
    plan = read(">> Does this work?\n\n>> It does.\n\n>> (on screen)\n\n>> JANE: Good.\n")
    assert said(plan) == [
        ("speech", None, "Does this work?"),
        ("speech", None, "It does."),
        ("remark", None, "(on screen)"),
        ("speech", "JANE", "Good."),
    ]
    assert plan.counts["turns"] == 4


def test_names_in_small_letters_are_speakers_when_they_come_back():
    plan = read("Jane Doe: Good day.\n\nAnn: Hello.\n\nJane Doe: It is.\n\nAnn: Yes.\n\nRemember this: we sail.")
    assert [block.speaker for block in plan.blocks] == ["Jane Doe", "Ann", "Jane Doe", "Ann", "Ann"]
    assert plan.blocks[-1].text == "Remember this: we sail."


def test_a_name_that_comes_once_is_asked_about():
    plan = read("JANE: Good day.\n\nAnn Roe: Hello.")
    assert plan.blocks[1].text == "Ann Roe: Hello."
    assert any("may name a speaker" in note for note in plan.review)


def test_words_in_capitals_that_are_no_names():
    assert read("JANE: Good day.\n\nNOTE: we sail at ten.").blocks[1].text == "NOTE: we sail at ten."


def test_a_name_above_its_words():
    plan = read("JANE DOE:\nGood morning to all.\n\nANN ROE:\nThank you for that.")
    assert said(plan) == [("speech", "JANE DOE", "Good morning to all."), ("speech", "ANN ROE", "Thank you for that.")]
    assert [line.label for line in plan.lines if line.text] == ["speaker", "body", "speaker", "body"]


def test_meeting_software_sets_name_and_time_above_the_words():
    plan = read("Jane Doe  0:05\nGood morning to all of you\n\nAnn Roe  1:02:10\nThank you so much for that\n")
    assert said(plan) == [
        ("speech", "Jane Doe", "Good morning to all of you"),
        ("speech", "Ann Roe", "Thank you so much for that"),
    ]


def test_times_before_the_names_are_cut_off():
    assert said(read("[00:00:05] JANE: Good morning.\n[00:01:00] ANN: Thank you."))[1] == (
        "speech",
        "ANN",
        "Thank you.",
    )


def test_questions_and_answers():
    plan = read(
        "JANE: That is all.\n\nQ (Port Times): Why now?\n\nA: Since it is time.\n\n"
        "And since we can.\n\nQuestion: And then?"
    )
    assert said(plan)[1:] == [
        ("question", "Port Times", "Why now?"),
        ("answer", None, "Since it is time."),
        ("answer", None, "And since we can."),
        ("question", None, "And then?"),
    ]
    assert (plan.counts["question"], plan.counts["answer"]) == (2, 2)


def test_remarks_scenes_and_omissions_are_blocks_of_their_own():
    plan = read(
        "Good morning to all.\n\n(Applause)\n\n[…]\n\n...\n\n"
        "(The chair thanks the speaker and suspends the sitting for a quarter of an hour, and all leave.)\n\n"
        "* * *\n\nAnd on."
    )
    assert [block.kind for block in plan.blocks] == ["speech", "remark", "omission", "unclassified", "scene", "speech"]
    assert plan.lines[10].label == "rule"


def test_numbered_paragraphs_lose_their_number_to_its_own_field():
    plan = read("84.\t  Within one month.\n85.\tBut today.\n86.\tIf I had.")
    assert [(block.number, block.text) for block in plan.blocks] == [
        ("84", "Within one month."), ("85", "But today."), ("86", "If I had."),
    ]  # fmt: skip
    years = read("2024. That was the year.\n\n2030. That will be it.\n\nThank you.")
    assert years.blocks[0] == BlockPlan("speech", "2024. That was the year.", line=1)


def test_wrapped_lines_are_joined_and_cut_at_indents_turns_and_remarks():
    plan = read(
        "JANE:  Good morning to all of you who have\ncome here, it is a joy to see the hall this\nfull of people.\n"
        "           So we have opened the berth times\nand the tide gauges to each of you.\n[ Laughter ]\n"
        "And you have built on the well-\nknown data of the port.\nANN:  Thank you, Jane.\n"
    )
    assert said(plan) == [
        (
            "speech",
            "JANE",
            "Good morning to all of you who have come here, it is a joy to see the hall this full of people.",
        ),
        ("speech", "JANE", "So we have opened the berth times and the tide gauges to each of you."),
        ("remark", None, "[ Laughter ]"),
        ("speech", "JANE", "And you have built on the well-known data of the port."),
        ("speech", "ANN", "Thank you, Jane."),
    ]
    assert plan.counts["blank_line_blocks"] == 1


def test_verses_are_not_joined():
    assert len(read("The ship came in\nthe wind went out\nthe bell was still\n").blocks) == 3


def test_the_printed_record_of_a_parliament():
    plan = read(
        "[Record Volume 1, Number 9 (Wednesday, July 20, 2005)]\n[Senate]\n\n     ON OPEN HARBOURS\n\n"
        "  Mr. McDOE. Mr. President, as we all know the port has opened its\n"
        "data to each of us, and I argued\ncases before the\n\n"
        "[[Page S2]]\n\nNevada Supreme Court on it.\n  I yield the floor.\n"
        "  The PRESIDING OFFICER (Mr. Roe). The clerk will call the roll.\n"
        "  The assistant legislative clerk proceeded to call the roll.\n"
        "  Mr. DOE of Florida. Mr. President, I ask for consent in this\nmatter.\n"
        "  The PRESIDENT pro tempore. Without objection, so ordered.\n\n      __________\n"
    )
    assert plan.title == "ON OPEN HARBOURS"
    assert plan.published_on == date(2005, 7, 20)
    assert said(plan) == [
        ("speech", "Mr. McDOE", "Mr. President, as we all know the port has opened its data to each of us, and I "
                                "argued cases before the Nevada Supreme Court on it."),
        ("speech", "Mr. McDOE", "I yield the floor."),
        ("speech", "The PRESIDING OFFICER (Mr. Roe)", "The clerk will call the roll."),
        ("scene", None, "The assistant legislative clerk proceeded to call the roll."),
        ("speech", "Mr. DOE of Florida", "Mr. President, I ask for consent in this matter."),
        ("speech", "The PRESIDENT pro tempore", "Without objection, so ordered."),
    ]  # fmt: skip
    assert [line.label for line in plan.lines if line.label in {"metadata", "page-mark", "rule", "scene"}] == [
        "metadata", "metadata", "page-mark", "scene", "rule",
    ]  # fmt: skip


def test_an_announced_speaker_who_says_nothing_is_warned_of():
    assert read("JANE: Good day.\n\nANN ROE:").warnings == ("ANN ROE is announced but says nothing.",)


def test_markdown_headings_bold_names_and_emphasis():
    plan = read(
        "# On open harbours\n\n**Jane Doe:** Good *morning*, [all](https://example.org)  \nof you.\n\n"
        "*(Applause)*\n\n## Questions\n\n"
        "**Q:** Why `now`?\n\n> **Ann Roe:** Since it\n> is time.\n\n- One thing\n- Another &amp; more\n",
        "talk.md",
    )
    assert plan.title == "On open harbours"
    assert said(plan) == [
        ("speech", "Jane Doe", "Good morning, all"),
        ("speech", "Jane Doe", "of you."),
        ("remark", None, "(Applause)"),
        ("scene", None, "Questions"),
        ("question", None, "Why now?"),
        ("speech", "Ann Roe", "Since it is time."),
        ("speech", "Ann Roe", "One thing"),
        ("speech", "Ann Roe", "Another & more"),
    ]


def test_markdown_keeps_no_html():
    plan = read("# T\n\nHello <b onclick='x()'>you</b> all.\n\n<script>\nalert(1)\n</script>\n\nThank you.", "talk.md")
    assert [block.text for block in plan.blocks] == ["Hello you all.", "Thank you."]
    assert plan.warnings == ("HTML tags were left out, at line 3, 5, 6, 7.",)
    assert [line.label for line in plan.lines[4:7]] == ["markup", "markup", "markup"]


def test_front_matter():
    plan = read(
        "---\ntitle: On harbours\nspeaker: Jane Doe, Director of Research, Port Institute\nkicker: Keynote\n"
        "delivered: 2026-05-03\nplace: Lisbon\nlanguage: pt\nkind: as_delivered\nspeaker: us\n---\n\nGood\nmorning.\n",
        "talk.md",
    )
    assert (plan.title, plan.kicker, plan.place, plan.language) == ("On harbours", "Keynote", "Lisbon", "pt")
    assert (plan.delivered_on, plan.kind) == (date(2026, 5, 3), "as_delivered")
    assert [block.text for block in plan.blocks] == ["Good morning."]
    assert any("Line 9 of the front matter" in note for note in plan.review)


def test_a_page_in_markdown_has_anchors_too():
    plan = read(
        "# Summit opens\n\n**By Port Director Jane Doe**\n\nGood morning to all of you who came.\n\n"
        "## Related news\n\n- Ship sinks\n",
        "a.md",
    )
    assert plan.speaker == SpeakerPlan("Jane Doe", "Director", "Port")
    assert [block.text for block in plan.blocks] == ["Good morning to all of you who came."]


def test_markup_without_end_is_refused():
    with pytest.raises(Invalid) as caught:
        read("[" * 100_001, "a.md")
    assert "marks of Markdown" in caught.value.errors["file"][0]
