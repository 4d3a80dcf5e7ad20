"""Word documents: paragraph styles, and the archives that are traps."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confapp.domain.errors import Invalid
from confapp.imports.transcripts import docx, read_transcript

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def paragraph(text: str, style: str = "", run: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r>{run}<w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def document(*paragraphs: str, types: str = TYPES, prolog: str = "", parts: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", RELS)
        archive.writestr(
            "word/document.xml",
            f'{prolog}<w:document xmlns:w="{W}"><w:body>{"".join(paragraphs)}</w:body></w:document>',
        )
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        read_transcript(data, "talk.docx")
    return str(caught.value.errors["file"][0])


def test_styles_name_speakers_headings_and_remarks():
    plan = read_transcript(
        document(
            paragraph("Sitting of the port council"),
            paragraph("First sitting"),
            paragraph("The chair", "Speaker"),
            paragraph("Good morning."),
            paragraph("Of tides", "Heading2"),
            paragraph("Ann Roe", "D3Intervinent"),
            paragraph("Thank you..., chair."),
            paragraph("Applause", "StageDirection"),
            paragraph(""),
            paragraph("And on."),
        ),
        "talk.docx",
    )
    assert plan.format == "docx"
    assert plan.title == "Sitting of the port council"
    assert [(block.kind, block.speaker, block.text) for block in plan.blocks] == [
        ("speech", "The chair", "Good morning."),
        ("scene", None, "Of tides"),
        ("speech", "Ann Roe", "Thank you..., chair."),
        ("remark", None, "Applause"),
        ("speech", "Ann Roe", "And on."),
    ]
    assert [line.label for line in plan.lines] == [
        "headline", "metadata", "speaker", "body", "heading", "speaker", "body", "remark", "blank", "body",
    ]  # fmt: skip
    assert any("above the first speaker" in note for note in plan.review)


def test_bold_names_and_line_breaks_without_styles():
    bold = "<w:rPr><w:b/></w:rPr>"
    plan = read_transcript(
        document(
            paragraph("On harbours", "Title"),
            f"<w:p><w:r>{bold}<w:t>Jane Doe:</w:t></w:r>"
            "<w:r><w:t xml:space='preserve'> Good day.</w:t><w:br/><w:t>It is.</w:t></w:r></w:p>",
        ),
        "talk.docx",
    )
    assert plan.title == "On harbours"
    assert [(block.speaker, block.text) for block in plan.blocks] == [("Jane Doe", "Good day."), ("Jane Doe", "It is.")]


def test_a_press_page_in_word():
    plan = read_transcript(
        document(
            *map(
                paragraph,
                [
                    "Summit opens",
                    "By Jane Doe",
                    "Good morning to all of you who came today.",
                    "Share this post:",
                    "POLL",
                ],
            )
        ),
        "talk.docx",
    )
    assert plan.speaker is not None
    assert plan.speaker.name == "Jane Doe"
    assert [block.text for block in plan.blocks] == ["Good morning to all of you who came today."]


def test_tracked_changes_are_pointed_out():
    inserted = '<w:p><w:ins w:id="1" w:author="x"><w:r><w:t>New words here.</w:t></w:r></w:ins></w:p>'
    deleted = '<w:p><w:del w:id="2" w:author="x"><w:r><w:delText>Old words.</w:delText></w:r></w:del></w:p>'
    plan = read_transcript(document(inserted, deleted), "talk.docx")
    assert [block.text for block in plan.blocks] == ["New words here."]
    assert any("tracked changes" in note for note in plan.review)


def test_macros_are_refused():
    assert "macros" in refusal(document(paragraph("Hello."), parts={"word/vbaProject.bin": b"x"}))
    assert "macros" in refusal(document(paragraph("Hello."), types=TYPES.replace("document.main", "macroEnabled.main")))
    assert "macros" in refusal(document(paragraph("Hello."), parts={"word/activeX/activeX1.xml": b"<x/>"}))


def test_entities_are_refused():
    bomb = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;&a;&a;">]>'
    assert "entities" in refusal(document(paragraph("&c;"), prolog=bomb))
    assert "entities" in refusal(document(paragraph("Hi."), parts={"word/styles.xml": f"{bomb}<s/>".encode("utf-16")}))


def test_bombs_are_refused_by_their_declared_sizes():
    assert "unpacks" in refusal(
        document(paragraph("Hi."), parts={"word/media/a.bin": b"\0" * (docx.MOST_UNPACKED + 1)})
    )
    assert "too large" in refusal(document(paragraph("a" * (docx.MOST_XML + 1))))
    assert "too large" in refusal(document("<w:p/>" * (docx.MOST_TAGS + 1)))
    assert "too many parts" in refusal(
        document(paragraph("Hi."), parts={f"a{n}": b"" for n in range(docx.MOST_ENTRIES)})
    )


def test_deep_nesting_is_refused():
    deep = "<w:sdt><w:sdtContent>" * 2_000 + paragraph("Hi.") + "</w:sdtContent></w:sdt>" * 2_000
    assert "document" in refusal(document(deep))


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"PK\x03\x04 and no more", "damaged"),
        (document(paragraph("Hi."))[:-40], "damaged"),
        (document("<w:p>"), "damaged"),
        (document(), "No words"),
    ],
)
def test_damaged_documents_are_refused(data, part):
    assert part in refusal(data)


def test_another_archive_is_no_document():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("talk.txt", "Hello.")
    assert "not a Word document" in refusal(out.getvalue())


SOUND = document(paragraph("Good morning.", "Speaker"), paragraph("It is good to be here."))


@given(st.integers(0, len(SOUND) - 1), st.integers(0, 255), st.integers(0, len(SOUND)))
def test_a_document_with_a_wrong_byte_or_cut_short_is_read_or_refused(position, value, end):
    data = bytearray(SOUND)
    data[position] = value
    try:
        plan = read_transcript(bytes(data[: max(end, 4)]), "talk.docx")
    except Invalid:
        return
    assert plan.words == sum(block.words for block in plan.blocks)
