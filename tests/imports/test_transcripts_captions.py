"""SubRip and WebVTT: cues, voices, times, and what captions get wrong."""

from __future__ import annotations

import pytest

from confapp.domain.errors import Invalid
from confapp.imports.transcripts import Cue, TranscriptPlan, read_transcript


def read(text: str, filename: str = "talk.vtt") -> TranscriptPlan:
    return read_transcript(text.encode(), filename)


def cue(start: float, end: float, text: str) -> str:
    return f"00:{int(start // 60):02}:{start % 60:06.3f} --> 00:{int(end // 60):02}:{end % 60:06.3f}\n{text}\n\n"


def test_cues_become_paragraphs_that_know_their_times():
    plan = read("WEBVTT\n\n" + cue(0, 2, "Good morning") + cue(2, 4.5, "to all of you.") + cue(7, 8, "It is good."))
    assert [block.text for block in plan.blocks] == ["Good morning to all of you.", "It is good."]
    assert plan.blocks[0].cues == (Cue(0, 0, 2000), Cue(13, 2000, 4500))
    assert plan.blocks[1].cues == (Cue(0, 7000, 8000),)
    assert plan.counts["cues"] == 3
    assert plan.format == "vtt"


def test_header_comments_styles_and_identifiers_are_labelled():
    plan = read(
        "WEBVTT - On harbours\nKind: captions\nLanguage: pt-BR\n\n"
        "STYLE\n::cue { color: red }\n\nNOTE by hand\nof Ann\n\n"
        "intro\n00:00.000 --> 00:02.000 align:start\nHello <b>to</b> <c.loud>you</c> &amp; all.\n"
    )
    assert (plan.title, plan.language, plan.kind) == ("On harbours", "pt", "unspecified")
    assert [block.text for block in plan.blocks] == ["Hello to you & all."]
    assert [line.label for line in plan.lines if line.text] == [
        "metadata", "metadata", "metadata", "style", "style", "comment", "comment", "cue-id", "timing", "cue-text",
    ]  # fmt: skip


def test_voices_in_one_cue_are_turns_and_asides_are_remarks():
    plan = read(
        "WEBVTT\n\n00:00.000 --> 00:03.000\n"
        "<v Ann Roe>Are we good?</v>\n<v.loud Jane Doe>Yes, we are.</v>\n<i>Laughter</i>\n\n"
        "00:03.000 --> 00:05.000\n<v Jane Doe>So let us start.\n"
    )
    assert [(block.kind, block.speaker, block.text) for block in plan.blocks] == [
        ("speech", "Ann Roe", "Are we good?"),
        ("speech", "Jane Doe", "Yes, we are."),
        ("remark", None, "Laughter"),
        ("speech", "Jane Doe", "So let us start."),
    ]
    assert plan.counts["turns"] == 2


def test_subrip_with_commas_numbers_and_no_blank_lines_between():
    plan = read(
        "1\r\n00:00:00,000 --> 00:00:02,500\r\n<i>Hello</i> there.\r\n"
        "2\r\n00:00:06,000 --> 00:00:08,000\r\n[Applause]\r\n",
        "a.srt",
    )
    assert [(block.kind, block.text) for block in plan.blocks] == [("speech", "Hello there."), ("remark", "[Applause]")]
    assert plan.format == "srt"
    assert [line.label for line in plan.lines] == ["cue-id", "timing", "cue-text", "cue-id", "timing", "remark"]


def test_a_cue_that_ends_before_it_starts_is_kept_with_a_warning():
    plan = read(
        "1\n00:00:05,000 --> 00:00:01,000\nHello there.\n\n2\n00:00:02,000 --> 00:00:03,000\nAnd on.\n", "a.srt"
    )
    assert plan.blocks[0].cues[0] == Cue(0, 5000, 5000)
    assert plan.warnings == (
        "A cue ends before it starts, at line 2; its words were kept.",
        "A cue starts before the one above it, at line 6; the order of the file was kept.",
    )


def test_times_that_cannot_be_read_are_reported_and_the_words_asked_for():
    plan = read(
        "WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n\n00:99.000 --> 01:99.000\nLost.\n\n0:x --> 1\nAlso lost.\n"
    )
    assert [block.text for block in plan.blocks] == ["Hello."]
    assert any("A time cannot be read, at line 6" in note for note in plan.warnings)
    assert "Line 9 looks like a cue's times but cannot be read." in plan.warnings
    assert any("Add the words" in note for note in plan.review)
    assert any("left out: line 7, 9, 10" in note for note in plan.review)


def test_names_and_chevrons_in_captions_open_turns():
    plan = read(
        "WEBVTT\n\n" + cue(0, 1, "JANE: Hello") + cue(1, 2, "to you.") + cue(2, 3, ">> ANN: Yes.") + cue(3, 4, ">> So.")
    )
    assert [(block.speaker, block.text) for block in plan.blocks] == [
        ("JANE", "Hello to you."),
        ("ANN", "Yes."),
        (None, "So."),
    ]
    assert plan.blocks[0].cues == (Cue(0, 0, 1000), Cue(6, 1000, 2000))


def test_roll_up_captions_say_each_line_once():
    lines = [f"words of line {n}" for n in range(10)]
    plan = read("WEBVTT\n\n" + "".join(cue(n, n + 1, f"{lines[n]}\n{lines[n + 1]}") for n in range(9)))
    assert " ".join(block.text for block in plan.blocks) == " ".join(lines)
    assert sum(line.label == "cue-repeat" for line in plan.lines) == 8


def test_a_talk_without_full_stops_is_cut_all_the_same():
    plan = read("WEBVTT\n\n" + "".join(cue(n, n + 1, "and so it goes on and on and on") for n in range(59)))
    assert all(block.words <= 176 for block in plan.blocks)
    assert plan.words == 59 * 9


def test_a_missing_first_line_is_forgiven():
    plan = read(cue(0, 1, "Hello to you."))
    assert "The first line is not WEBVTT; the cues were read all the same." in plan.warnings


@pytest.mark.parametrize(("text", "filename"), [("Just words.", "a.srt"), ("WEBVTT\n\nNOTE nothing\n", "a.vtt")])
def test_captions_without_a_cue_are_refused(text, filename):
    with pytest.raises(Invalid) as caught:
        read(text, filename)
    assert "no caption" in caught.value.errors["file"][0]
