"""The bundled fonts: what they draw, and what is told of what they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from confapp.exports.fonts import (
    DISPLAY,
    FONTS,
    TEXT,
    FontsMissing,
    faces,
    lacking,
    missing_glyphs,
    printable,
    style_sheet,
)
from tests.agendas import make_agenda


def test_text_comes_first_and_emoji_last():
    families = list(dict.fromkeys(face.family for face in faces()))
    assert (families[0], families[-1]) == (TEXT, "Noto Emoji")
    assert DISPLAY in families


def test_every_face_is_named_for_itself_and_read_from_the_folder():
    css = style_sheet()
    assert css.count("@font-face") == len(faces())
    assert css.count(f"url('{FONTS.resolve().as_uri()}/") == len(faces())
    assert "font-weight: 700; font-style: italic" in css
    assert "font-family: 'Confapp Noto Sans'" in css


def test_an_empty_folder_says_what_to_do(tmp_path):
    with pytest.raises(FontsMissing, match="make assets"):
        faces(tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        "Amélie Øster ſŁőßż",
        "Αθήνα ἀρχή",
        "Биобезопасность Љубљана",
        "التقنية الحيوية پچژگ",
        "Tiếng Việt",
        "🧬💉",
        "×−–—…„“”€",
        "→⇒⇔ ★☆●○■□ ✓✗",
        "∀∃∈∉⊂∪∩∅∇∂∑∫√≈≠≤≥∞ℝ ⟨x⟩ 𝚎",
    ],
)
def test_latin_greek_cyrillic_arabic_signs_and_emoji_are_drawn(words):
    assert printable(words) == words


def test_what_has_no_glyph_is_replaced_and_hints_go():
    assert printable("漢 a\U000e0041b ❤\ufe0f 👩\u200d🔬 x\ty") == "\ufffd ab ❤ 👩🔬 x\ty"


def test_an_accent_is_put_together_with_its_letter():
    assert printable("e\u0301") == "é"


def test_missing_glyphs_name_the_session():
    agenda = make_agenda(3, titles=["Plain", "漢字 and 漢"])
    room = replace(agenda.rooms[0], name={"en": "Σάλα 𓀀"})
    abstract = {"en": "<p>ok</p>", "ja": "<p>生物</p>"}
    last = agenda.entries[2]
    entries = (*agenda.entries[:2], replace(last, session=replace(last.session, abstract=abstract)))
    agenda = replace(agenda, rooms=(room, *agenda.rooms[1:]), entries=entries)
    assert missing_glyphs(agenda) == [("", "𓀀"), ("S2", "漢"), ("S2", "字"), ("S3", "生"), ("S3", "物")]


def test_nothing_is_missing_in_an_ordinary_agenda():
    assert missing_glyphs(make_agenda(20)) == []


def test_what_is_lacking_is_told_by_session():
    agenda = make_agenda(3, titles=["Plain", "漢字 and 漢"])
    agenda = replace(agenda, rooms=(replace(agenda.rooms[0], name={"en": "Σάλα 𓀀"}), *agenda.rooms[1:]))
    beside, second = lacking(agenda)
    assert (beside.session, str(beside)) == (None, "𓀀 (U+13000)")
    assert second.session is agenda.sessions["S2"]
    assert str(second) == "漢 (U+6F22), 字 (U+5B57)"


def test_many_that_are_lacking_are_cut_short():
    [found] = lacking(make_agenda(1, titles=["".join(map(chr, range(0x4E00, 0x4E20)))]))
    assert len(found.letters) == 32
    assert str(found).endswith("(U+4E0B), …")


def test_letters_written_as_numbers_are_seen_and_tags_are_not():
    agenda = make_agenda(2)
    entries = [
        replace(entry, session=replace(entry.session, abstract={"en": words}))
        for entry, words in zip(agenda.entries, ("<p>&#28450;</p>", "<p title='漢'>ok</p>"), strict=True)
    ]
    assert missing_glyphs(replace(agenda, entries=tuple(entries))) == [("S1", "漢")]


def test_without_fonts_nothing_is_lacking(tmp_path):
    assert lacking(make_agenda(1, titles=["漢"]), tmp_path) == []
