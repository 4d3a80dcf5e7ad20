"""What importing a plan would change: worked out while only reading, as values to apply, to show or to throw away."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from confapp.domain.agenda import ConferenceFacts
from confapp.domain.errors import N_, Invalid
from confapp.domain.programme import conferences, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import SessionState
from confapp.domain.texts import in_language
from confapp.imports import values
from confapp.imports.changes import Change, cancelling, change, steps_of
from confapp.imports.matching import Known, match
from confapp.imports.outlook import Codes, clashes
from confapp.imports.plan import Plan, Planned, PlannedConference, Remark, key
from confapp.imports.standing import KINDS, standing
from confapp.imports.whole import TOO_SPARSE

REPORTED = {"session": "sessions", "room": "rooms", "track": "tracks", "speaker": "speakers"}
"""The kinds that are counted, and the names under which they are."""
DEFAULT_LANGUAGE = "en"
MOST_NAMED = 20
"""How many refused rows a refusal of the whole file names."""

Thing = TypeVar("Thing", bound=Planned)


@dataclass(frozen=True, slots=True)
class Difference:
    """All that importing a plan changes, as found at `schedule_version` (None: the conference is new)."""

    slug: str
    source: str
    schedule_version: int | None
    changes: Mapping[str, Sequence[Change]]
    warnings: Sequence[Remark]
    refused: Sequence[Remark]
    vanished: Mapping[str, int]
    """How many things came from this source once and are no longer in it, by kind; they stay."""
    steps: Sequence[dict[str, Any]] = ()
    """What is kept for undoing it, and `remembered` of the source before: worked out here, while nothing is locked."""
    remembered: Sequence[list[Any]] = ()
    missing: Sequence[Known] = ()
    """The sessions among them that still take place: they are offered for cancelling."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write, not even to remember."""
        return not any(each.values or each.is_news for held in self.changes.values() for each in held)

    def count(self) -> dict[str, dict[str, int]]:
        """How many things are created, updated and unchanged, by kind."""
        counted = {deed: dict.fromkeys(REPORTED.values(), 0) for deed in ("created", "updated", "unchanged")}
        for kind, name in REPORTED.items():
            for each in self.changes[kind]:
                counted[each.deed][name] += 1
        return counted

    def rows(self) -> list[Row]:
        """What happens to each thing, sessions first."""
        return [
            Row(name, each.deed, each.name, tuple(sorted(each.values)) if each.deed == "updated" else ())
            for kind, name in REPORTED.items()
            for each in self.changes[kind]
        ]

    def report(self) -> dict[str, Any]:
        """All of it in JSON's types."""
        return {
            "conference": self.slug,
            **self.count(),
            "refused": [_plain(remark) for remark in self.refused],
            "warnings": [_plain(remark) for remark in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report: what happens to one thing."""

    kind: str
    """As in `REPORTED`."""
    deed: str
    """created, updated or unchanged."""
    name: str
    fields: tuple[str, ...]
    """Which of its fields change, where it is updated."""


def _plain(remark: Remark) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, str) else value for name, value in asdict(remark).items()}


def prepare(plan: Plan, conference: Conference | None, *, slug: str, cancel: Collection[str] | None = ()) -> Difference:
    """What importing `plan` into the conference changes; None: into a new one with this slug. Reads only.

    `cancel` holds the codes of sessions to cancel if they vanished from the source; None means all that did.
    A field is written only where the source changed it since the last import: what organisers changed meanwhile stays.
    Of what was made here and never imported only blanks are filled. What organisers removed is not made again, and what
    vanished from the source stays; both are warned of. Raises Invalid for what no conference can have.
    """
    return _Comparison(plan, conference, slug, cancel).difference()


class _Comparison:
    """One plan beside one conference."""

    def __init__(self, plan: Plan, conference: Conference | None, slug: str, cancel: Collection[str] | None) -> None:
        self.cancel = cancel
        self.missing: list[Known] = []
        self.plan, self.conference, self.slug = plan, conference, slug
        self.languages = list(conference.languages) if conference else _languages(plan)
        self.first = self.languages[0]
        self.known = standing(conference, plan.source)
        self.gone = {each.target for held in self.known.values() for each in held if each.current is None}
        self.changes: dict[str, list[Change]] = {kind: [] for kind in KINDS}
        self.targets: dict[str, dict[str, uuid.UUID]] = {kind: {} for kind in KINDS}
        self.vanished: dict[str, int] = {}
        self.warnings = list(plan.warnings)

    def difference(self) -> Difference:
        """Go through the kinds, each pointing to earlier ones."""
        plan, first = self.plan, self.first
        self._conference()
        if plan.conference.venue:
            self._venue()
        self._kind("room", plan.rooms, lambda room: values.of_room(room, first))
        self._kind("track", plan.tracks, lambda track: values.of_track(track, first))
        self._kind("speaker", plan.speakers, lambda person: values.of_speaker(person, first))
        self._kind("session", plan.sessions, lambda session: values.of_session(session, first, self.targets))
        self._warn_of_lengths()
        self.warnings += clashes(
            self.conference,
            self._facts(),
            self._imported(),
            rooms=self._codes("room"),
            people=self._codes("speaker"),
        )
        steps, remembered = steps_of(self.changes)
        return Difference(
            steps=steps,
            remembered=remembered,
            slug=self.slug,
            source=plan.source,
            schedule_version=slots.version(self.conference) if self.conference else None,
            changes=self.changes,
            warnings=tuple(self.warnings),
            refused=plan.refused,
            vanished=self.vanished,
            missing=tuple(self.missing),
        )

    # The conference itself

    def _conference(self) -> None:
        planned = self.plan.conference
        said = values.of_conference(planned, self.first)
        here = self.known["conference"][0] if self.conference else None
        told = change(Planned(("whole:conference",)), here, said)
        written = dict(told.values)
        spoken = values.digest(said["languages"])
        if here is None:
            if planned.starts_on is None:
                rows = [
                    N_("%(where)s, %(field)s: %(message)s", **vars(each)) for each in self.plan.refused[:MOST_NAMED]
                ]
                raise Invalid({"file": [TOO_SPARSE, *rows]})
            written |= {"slug": self.slug, "timezone": planned.timezone, "languages": self.languages}
            written["title"] = written["title"] or {self.first: self.slug}
        elif here.seen.get("languages") != spoken and (more := _missing(self.languages, planned.languages)):
            written["languages"] = self.languages = [*self.languages, *more]
            message = N_("The conference's languages did not have this one; it was added.")
            self.warnings += [Remark(N_("conference"), "languages", message, language) for language in more]
        else:
            written.pop("languages", None)
        if self.conference and not self.known["session"] and _is_outside(planned, self.conference):
            written |= {"starts_on": planned.starts_on, "ends_on": planned.ends_on}
            message = N_("The conference held no sessions; its days are now those of the programme.")
            days = f"{planned.starts_on} - {planned.ends_on}"
            self.warnings.append(Remark(N_("conference"), "starts_on", message, days))
        if self.conference and planned.timezone != self.conference.timezone:
            message = N_("The programme was read in another time zone; the conference keeps %(zone)s.",
                         zone=self.conference.timezone)  # fmt: skip
            self.warnings.append(Remark(N_("conference"), "timezone", message, planned.timezone))
        if written:
            conferences.check(self._conference_now() | written)
        self.changes["conference"] = [replace(told, values=written, before=_before(here, written))]

    def _conference_now(self) -> dict[str, Any]:
        held = self.conference
        return {name: getattr(held, name) for name in ("title", "starts_on", "ends_on", "languages")} if held else {}

    def _facts(self) -> ConferenceFacts:
        """The conference as it will be."""
        told = self.changes["conference"][0]
        held = self.conference
        stands = {name: getattr(held, name) for name in _FACTS} if held else {}
        now = stands | {name: value for name, value in told.values.items() if name in _FACTS}
        return ConferenceFacts(slug=self.slug, uuid=told.target, languages=tuple(self.languages), **now)

    def _venue(self) -> None:
        """The building that the programme names: made with the conference, and kept in step where it was."""
        planned = Planned((key("name", self.plan.conference.venue), "whole:venue"))
        here = match([planned], self.known["venue"]).get(planned.ref)
        if self.conference is None or (here and here.seen):
            self.changes["venue"] = [change(planned, here, values.of_venue(self.plan.conference, self.first))]

    # Everything that can be many

    def _kind(self, kind: str, things: Sequence[Thing], columns: Callable[[Thing], dict[str, Any]]) -> None:
        found = match(things, self.known[kind])
        for thing in things:
            here = found.get(thing.ref)
            self.targets[kind][thing.ref] = here.target if here else uuid.uuid4()
        for thing in things:
            here = found.get(thing.ref)
            if here and here.current is None:
                self._warn_of_removed(kind, thing)
                self.changes[kind].append(Change(here.target, here.keys, here.seen, {}, is_news=False))
                continue
            told = change(thing, here, columns(thing), self.targets[kind][thing.ref], self.gone)
            self.changes[kind].append(told)
        self._warn_of_vanished(kind, {here.target for here in found.values()})

    def _warn_of_removed(self, kind: str, thing: Planned) -> None:
        named = getattr(thing, "name", None) or getattr(thing, "title", "")
        words = named if isinstance(named, str) else in_language(named, self.languages)
        message = N_("This was removed here since it was imported; it was not made again.")
        self.warnings.append(Remark(REPORTED[kind], kind, message, words))

    def _warn_of_vanished(self, kind: str, found: set[uuid.UUID]) -> None:
        missing = [each for each in self.known[kind] if each.seen and each.current and each.target not in found]
        if missing:
            self.vanished[kind] = len(missing)
        if kind == "session":
            self.missing = [each for each in missing if (each.current or {}).get("state") in _LIVE]
            going = [each for each in self.missing if self.cancel is None or each.code in self.cancel]
            self.changes[kind] += [cancelling(each) for each in going]
            left = N_("This session came from this source and is no longer in it; it was left as it is.")
            gone = N_("This session came from this source and is no longer in it; it is cancelled.")
            self.warnings += [
                Remark(N_("session %(code)s", code=each.code), "session", gone if each in going else left, each.name)
                for each in self.missing
            ]

    def _warn_of_lengths(self) -> None:
        for session in self.plan.sessions:
            if session.starts_at is not None and values.is_too_long(session):
                message = N_("This lasts longer than one slot can; it was left unscheduled.")
                where = N_("session %(key)s", key=session.ref)
                self.warnings.append(Remark(where, "duration", message, str(session.duration)))

    # What comes of it

    def _imported(self) -> dict[uuid.UUID, Mapping[str, Any]]:
        """The sessions that change, as they will be."""
        stood = {each.target: each.current or {} for each in self.known["session"]}
        return {
            each.target: {**stood.get(each.target, {}), **each.values}
            for each in self.changes["session"]
            if each.values
        }

    def _codes(self, kind: str) -> Codes:
        stood = {each.target: (each.code, each.current) for each in self.known[kind] if each.current is not None}
        for each in self.changes[kind]:
            if each.values:
                code, current = stood.get(each.target, (str(each.target), {}))
                stood[each.target] = (code, {**current, **each.values})
        return stood


_LIVE = frozenset({SessionState.PROPOSED, SessionState.ACCEPTED, SessionState.CONFIRMED})
_FACTS = frozenset({"title", "timezone", "starts_on", "ends_on", "day_change"})


def _languages(plan: Plan) -> list[str]:
    """A new conference's languages: those of its sessions, English first where it is one of them."""
    stated = list(plan.conference.languages) or [DEFAULT_LANGUAGE]
    return sorted(stated, key=lambda language: language != DEFAULT_LANGUAGE)


def _before(here: Known | None, written: Mapping[str, Any]) -> dict[str, Any]:
    return {name: here.current[name] for name in written} if here and here.current else {}


def _missing(held: Sequence[str], wanted: Sequence[str]) -> list[str]:
    return [language for language in wanted if language not in held]


def _is_outside(planned: PlannedConference, held: Conference) -> bool:
    first, last = planned.starts_on, planned.ends_on
    return first is not None and last is not None and not held.starts_on <= first <= last <= held.ends_on
