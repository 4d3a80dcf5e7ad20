"""The demonstration conference is complete, refers only to what exists, and can really be held as written."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

import pytest

from confapp.demo import load_programme
from confapp.demo.values import Programme, Session, Slot, Texts, Transcript

NOW = datetime(2031, 5, 13, 9, 40, tzinfo=UTC)
ROLES = {
    "organiser",
    "track_manager",
    "host_coordinator",
    "press_officer",
    "press_approver",
    "journalist",
    "stage_desk",
    "door_staff",
}


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(now=NOW)


def _version(programme: Programme, transcript: str, kind: str, language: str) -> Transcript:
    wanted = (transcript, kind, language)
    (version,) = (v for v in programme.transcripts if (v.transcript, v.kind, v.language) == wanted)
    return version


def _words(transcript: Transcript) -> int:
    return sum(len(block.text.split()) for block in transcript.blocks if block.kind == "speech")


def _held(programme: Programme, keys: Iterable[str]) -> list[tuple[Session, Slot]]:
    wanted = set(keys)
    return [(session, slot) for session, slot in programme.slots() if session.key in wanted]


def _doubled(keys: Iterable[str]) -> list[str]:
    return [key for key, count in Counter(keys).items() if count > 1]


def test_there_is_as_much_as_was_asked_for(programme: Programme) -> None:
    assert [len(programme.hosts), len(programme.venues), len(programme.rooms)] == [2, 2, 6]
    assert [len(programme.tracks), len(programme.speakers), len(programme.sessions)] == [8, 36, 42]
    assert [len(programme.registrations), len(programme.accounts), len(programme.transcripts)] == [26, 10, 4]
    assert Counter(session.kind for session in programme.sessions) == {
        "keynote": 2,
        "panel": 3,
        "talk": 23,
        "workshop": 6,
        "break": 6,
        "social": 2,
    }
    assert [session.key for session in programme.sessions if not session.slots] == ["sleep", "auditors", "algae"]
    assert {room.capacity for room in programme.rooms} == {24, 42, 80, 120, 180, 420}
    assert {room.is_step_free for room in programme.rooms} == {True, False}


def test_it_lasts_two_days(programme: Programme) -> None:
    held_on = {slot.starts_at.astimezone(programme.conference.zone).date() for _, slot in programme.slots()}
    assert held_on == {programme.conference.starts_on, programme.conference.ends_on}
    assert programme.conference.ends_on - programme.conference.starts_on == timedelta(days=1)


def test_nothing_is_there_twice(programme: Programme) -> None:
    assert _doubled(host.slug for host in programme.hosts) == []
    assert _doubled(venue.slug for venue in programme.venues) == []
    assert _doubled(room.code for room in programme.rooms) == []
    assert _doubled(track.slug for track in programme.tracks) == []
    assert _doubled(str(track.colour) for track in programme.tracks) == []
    assert _doubled(speaker.key for speaker in programme.speakers) == []
    assert _doubled(speaker.name for speaker in programme.speakers) == []
    assert _doubled(session.key for session in programme.sessions) == []
    assert _doubled(session.title["en"] for session in programme.sessions if session.kind != "break") == []
    assert _doubled(registration.email for registration in programme.registrations) == []
    assert _doubled(account.email for account in programme.accounts) == []


def test_every_reference_resolves(programme: Programme) -> None:
    hosts = {host.slug for host in programme.hosts}
    rooms = {room.code for room in programme.rooms}
    tracks = {track.slug for track in programme.tracks}
    speakers = {speaker.key for speaker in programme.speakers}
    sessions = {session.key for session in programme.sessions}
    transcripts = {transcript.transcript for transcript in programme.transcripts}

    assert {venue.host for venue in programme.venues} == hosts
    assert {(room.venue, room.host) for room in programme.rooms} == {
        (venue.slug, venue.host) for venue in programme.venues
    }
    assert {session.track for session in programme.sessions} == tracks
    assert {part.person for session in programme.sessions for part in session.parts} == speakers
    assert {slot.room for _, slot in programme.slots()} - {None} == rooms
    assert {pick for registration in programme.registrations for pick in registration.picks} <= sessions
    assert {transcript.session for transcript in programme.transcripts} <= sessions
    assert {account.track for account in programme.accounts} - {None} <= tracks
    assert {account.host for account in programme.accounts} - {None} <= hosts
    assert {account.transcript for account in programme.accounts} - {None} <= transcripts


def test_only_breaks_and_social_items_take_the_whole_venue(programme: Programme) -> None:
    whole = {session.kind for session, slot in programme.slots() if slot.room is None}
    roomed = {session.kind for session, slot in programme.slots() if slot.room is not None}
    assert (whole, roomed) == ({"break", "social"}, {"keynote", "panel", "talk", "workshop"})


def test_values_are_within_their_bounds(programme: Programme) -> None:
    assert all(1 <= track.colour <= 12 for track in programme.tracks)
    assert all(50.83 < venue.latitude < 50.86 and 4.33 < venue.longitude < 4.39 for venue in programme.venues)
    countries = [row.country for row in programme.hosts]
    countries += [row.country for row in programme.speakers]
    countries += [row.country for row in programme.registrations]
    assert all(len(country) == 2 and country.isupper() for country in countries)
    emails = [programme.conference.contact, *(host.contact_email for host in programme.hosts)]
    emails += [row.email for row in programme.registrations]
    emails += [row.email for row in programme.accounts]
    assert [email for email in emails if not email.endswith(".example") or email != email.lower()] == []


def test_every_text_is_there_in_the_first_language_and_none_in_a_foreign_one(programme: Programme) -> None:
    conference = programme.conference
    texts: list[Texts] = [conference.title, conference.tagline, conference.description]
    texts += [text for row in programme.hosts for text in (row.name, row.description)]
    texts += [row.name for row in programme.venues]
    texts += [row.name for row in programme.rooms]
    texts += [row.name for row in programme.tracks]
    texts += [row.biography for row in programme.speakers]
    texts += [text for row in programme.sessions for text in (row.title, row.abstract)]
    assert conference.languages == ("en", "fr", "nl")
    assert [text for text in texts if not text.get("en", "").strip()] == []
    assert {language for text in texts for language in text} == {"en", "fr", "nl"}
    assert [text for text in texts for value in text.values() if value != value.strip() or "  " in value] == []
    assert {session.language for session in programme.sessions} == {"en", "fr", "nl"}


def test_texts_are_unwrapped_into_paragraphs(programme: Programme) -> None:
    paragraphs = programme.conference.description["en"].split("\n\n")
    assert [paragraph.split(" ")[0] for paragraph in paragraphs] == ["For", "Registration"]
    assert [paragraph for paragraph in paragraphs if "\n" in paragraph] == []


def test_abstracts_have_substance(programme: Programme) -> None:
    counts = {
        session.key: len(session.abstract["en"].split())
        for session in programme.sessions
        if session.kind not in ("break", "social")
    }
    assert {key: words for key, words in counts.items() if not 60 <= words <= 160} == {}


def test_sessions_have_the_people_their_kind_needs(programme: Programme) -> None:
    def roles(session: Session) -> set[str]:
        return {part.role for part in session.parts}

    by_kind = {
        kind: [roles(session) for session in programme.sessions if session.kind == kind]
        for kind in ("keynote", "talk", "workshop", "panel", "break", "social")
    }
    assert all(found == {"speaker", "chair"} for found in by_kind["keynote"])
    assert all(found == {"panellist", "chair"} for found in by_kind["panel"])
    assert all("speaker" in found for found in by_kind["talk"] + by_kind["workshop"])
    assert all(found == set() for found in by_kind["break"] + by_kind["social"])
    assert [s.key for s in programme.sessions if _doubled(part.person for part in s.parts)] == []


def test_several_scripts_are_exercised(programme: Programme) -> None:
    letters = "".join(speaker.name for speaker in programme.speakers)
    for sample in ("Ελε", "Окс", "المه", "ğ", "ı", "Ł", "ś", "ø", "Å", "Þ", "ő", "ț", "Đ", "ß", "Ģ", "Ō"):
        assert sample in letters, sample


def test_rooms_are_large_enough(programme: Programme) -> None:
    capacity = {room.code: room.capacity for room in programme.rooms}
    crowded = [s.key for s, slot in programme.slots() if slot.room and s.expected > capacity[slot.room]]
    assert crowded == []


def test_no_room_is_booked_twice_nor_while_the_whole_venue_is(programme: Programme) -> None:
    clashes = [
        (a.key, b.key)
        for (a, one), (b, other) in combinations(programme.slots(), 2)
        if one.room == other.room or one.room is None or other.room is None
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at
    ]
    assert clashes == []


def test_nobody_is_in_two_places_or_late_for_the_second(programme: Programme) -> None:
    venue = {room.code: room.venue for room in programme.rooms}
    late = []
    for speaker in programme.speakers:
        keys = [s.key for s in programme.sessions if speaker.key in {part.person for part in s.parts}]
        for (a, one), (b, other) in pairwise(_held(programme, keys)):
            assert one.room
            assert other.room
            minutes = 0 if one.room == other.room else 10 if venue[one.room] == venue[other.room] else 15
            if other.starts_at - one.ends_at < timedelta(minutes=minutes):
                late.append((speaker.key, a.key, b.key))
    assert late == []


def test_attendees_can_be_where_they_picked_to_be(programme: Programme) -> None:
    clashes = []
    for registration in programme.registrations:
        assert 3 <= len(registration.picks) <= 8
        assert _doubled(registration.picks) == []
        once = [pick for pick in registration.picks if len(programme.session(pick).slots) == 1]
        for (a, one), (b, other) in pairwise(_held(programme, once)):
            if other.starts_at < one.ends_at:
                clashes.append((registration.name, a.key, b.key))
    assert clashes == []


def test_attendees_are_of_every_category(programme: Programme) -> None:
    categories = {registration.category for registration in programme.registrations}
    assert categories == {"ally", "partner", "industry", "academia", "press", "staff"}


def test_one_session_is_given_twice(programme: Programme) -> None:
    assert [session.key for session in programme.sessions if len(session.slots) > 1] == ["night-lab"]


def test_the_demonstration_accounts_cover_every_desk(programme: Programme) -> None:
    names = {account.email.removesuffix("@demo.example"): account for account in programme.accounts}
    assert set(names) == {
        *("admin", "organiser", "track", "host", "press", "approver", "journalist", "stage", "door", "attendee"),
    }
    assert {account.role for account in programme.accounts} - {None} == ROLES
    assert [account.email for account in programme.accounts if account.admin] == ["admin@demo.example"]
    assert (names["track"].track, names["host"].host) == ("medicine", "institute")
    assert "attendee@demo.example" in {registration.email for registration in programme.registrations}


def test_transcripts_are_of_the_two_keynotes_and_one_is_embargoed(programme: Programme) -> None:
    keynotes = {session.key for session in programme.sessions if session.kind == "keynote"}
    assert {transcript.session for transcript in programme.transcripts} == keynotes
    assert {t.transcript for t in programme.transcripts if t.embargoed} == {"evening"}
    limits = {account.transcript for account in programme.accounts if account.role == "journalist"}
    assert limits == {"evening"}


def test_transcripts_have_the_length_of_a_speech(programme: Programme) -> None:
    assert 800 <= _words(_version(programme, "opening", "as_prepared", "en")) <= 1000
    assert 850 <= _words(_version(programme, "opening", "as_delivered", "en")) <= 1050
    assert 850 <= _words(_version(programme, "opening", "as_delivered", "fr")) <= 1150
    assert 550 <= _words(_version(programme, "evening", "as_prepared", "en")) <= 700


def test_a_translation_has_the_blocks_of_its_source(programme: Programme) -> None:
    source = _version(programme, "opening", "as_delivered", "en")
    french = _version(programme, "opening", "as_delivered", "fr")
    assert [(b.key, b.kind) for b in french.blocks] == [(b.key, b.kind) for b in source.blocks]
    assert [f.key for f, s in zip(french.blocks, source.blocks, strict=True) if f.text == s.text] == []
    assert {block.kind for block in source.blocks} == {"speech", "question", "answer", "remark", "omission"}


def test_prepared_and_delivered_words_differ_in_some_places_only(programme: Programme) -> None:
    prepared = {b.key: b.text for b in _version(programme, "opening", "as_prepared", "en").blocks}
    delivered = {b.key: b.text for b in _version(programme, "opening", "as_delivered", "en").blocks}
    shared = prepared.keys() & delivered.keys()
    assert prepared.keys() - delivered.keys() == {"stockpile"}
    assert len({key for key in shared if prepared[key] != delivered[key]}) >= 8
    assert "twenty garrisons in nine countries" in prepared["see-earlier"]
    assert "twenty-four garrisons in eleven countries" in delivered["see-earlier"]


def test_blocks_are_named_once_and_those_who_ask_or_answer_are_named(programme: Programme) -> None:
    for transcript in programme.transcripts:
        assert _doubled(block.key for block in transcript.blocks) == []
        assert all(bool(block.speaker) == (block.kind in ("question", "answer")) for block in transcript.blocks)
        assert all(block.text.strip() and "\n" not in block.text for block in transcript.blocks)
        assert all(
            (transcript.headline, transcript.kicker, transcript.byline_role, transcript.summary, transcript.place)
        )


def test_bylines_name_the_speaker_as_the_programme_does(programme: Programme) -> None:
    names = {speaker.key: speaker.name for speaker in programme.speakers}
    for transcript in programme.transcripts:
        (speaker,) = (p.person for p in programme.session(transcript.session).parts if p.role == "speaker")
        assert transcript.byline == names[speaker]


def test_an_unknown_session_is_a_key_error(programme: Programme) -> None:
    with pytest.raises(KeyError, match="no-such-session"):
        programme.session("no-such-session")
