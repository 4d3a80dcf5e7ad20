"""Loads the words of the demonstration: public ones, a translation in review, and a keynote under embargo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from confapp.demo import values
from confapp.domain.people import Account
from confapp.domain.press import publishing, readers, transcript_editing, transcript_states
from confapp.domain.press.transcripts import Policy, Version
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session

WRITTEN = dt.timedelta(hours=2)
"""How long before they were needed prepared words were written."""


def load_press(
    conference: Conference,
    programme: values.Programme,
    talks: Mapping[str, Session],
    accounts: Mapping[str, Account],
    *,
    now: dt.datetime,
) -> None:
    """Every version in the state in which a press office has it at `now`.

    The opening's prepared words went out by hand when it began; the delivered ones did when its end was confirmed, or
    wait for that while it is live. Their translation waits for approval. The evening's words are armed to the confirmed
    end of that session; a journalist may read them before.
    """
    desk = _Desk(conference, programme, talks, accounts, now)
    desk.publish("opening", "as_prepared", "en")
    if desk.is_over("opening", "as_delivered", "en"):
        desk.publish("opening", "as_delivered", "en")
    else:
        desk.arm("opening", "as_delivered", "en")
    desk.submit("opening", "as_delivered", "fr", translation_of=desk.versions["opening", "as_delivered", "en"])
    for words in programme.transcripts:
        if words.embargoed:
            desk.arm(words.transcript, words.kind, words.language)
    desk.let_journalists_read()


class _Desk:
    """An officer who writes and an approver who reads."""

    def __init__(
        self,
        conference: Conference,
        programme: values.Programme,
        talks: Mapping[str, Session],
        accounts: Mapping[str, Account],
        now: dt.datetime,
    ) -> None:
        self.conference, self.programme, self.talks, self.now = conference, programme, talks, now
        self.accounts = accounts
        self.officer, self.approver = accounts["press@demo.example"], accounts["approver@demo.example"]
        self.versions: dict[tuple[str, str, str], Version] = {}
        self.keys: dict[int, Mapping[str, int]] = {}
        """The paragraphs' ids by key, by version."""

    def submit(self, *which: str, translation_of: Version | None = None) -> Version:
        """Written by the officer and handed over."""
        words = self._words(which)
        moment = self._due(words) - (WRITTEN if words.kind == "as_prepared" else dt.timedelta())
        lent = self.keys[translation_of.id] if translation_of else {}
        twin = next((each for key, each in self.versions.items() if key[0] == words.transcript), None)
        version = transcript_editing.create(
            self.conference,
            self._values(words, lent),
            by=self.officer,
            now=moment,
            session=self.talks[words.session],
            transcript=twin.transcript if twin else None,
            translation_of=translation_of,
        )
        self.versions[_which(words)] = version
        self.keys[version.id] = {
            block.key: made["id"] for block, made in zip(words.blocks, version.blocks, strict=True)
        }
        transcript_states.submit(version, by=self.officer, now=moment)
        return version

    def approve(self, *which: str) -> Version:
        """And read by the approver."""
        version = self.submit(*which)
        transcript_states.approve(version, seen=version.hash, by=self.approver, now=version.changed_at, is_checked=True)
        return version

    def publish(self, *which: str) -> None:
        """And public: when the session began for prepared words, at its end for delivered ones."""
        version = self.approve(*which)
        words = self._words(which)
        moment = self._due(words)
        policy = Policy.MANUAL if words.kind == "as_prepared" else Policy.ON_SESSION_END
        transcript_states.arm(version, policy, by=self.officer, now=moment, undo_seconds=0)
        if policy is Policy.MANUAL:
            transcript_states.go_ahead(version, by=self.officer, now=moment)
        if publishing.release_due(version.id, now=moment) is None:
            raise RuntimeError(f"the words {which} of the demonstration could not be released")

    def is_over(self, *which: str) -> bool:
        """Whether the words have been said."""
        return self._slot(self._words(which)).over(now=self.now)

    def arm(self, *which: str) -> None:
        """And due as soon as the stage desk confirms the end."""
        version = self.approve(*which)
        transcript_states.arm(version, Policy.ON_SESSION_END, by=self.officer, now=version.changed_at)

    def let_journalists_read(self) -> None:
        """Roles that are narrowed to words under embargo."""
        for each in self.programme.accounts:
            for key, version in self.versions.items():
                if each.role and each.transcript == key[0]:
                    until = self.now + dt.timedelta(days=14)
                    readers.let_in(version, each.email, expires_at=until, by=self.officer, now=self.now)

    def _words(self, which: tuple[str, ...]) -> values.Transcript:
        return next(each for each in self.programme.transcripts if which == _which(each))

    def _due(self, words: values.Transcript) -> dt.datetime:
        """When the words were wanted: when the session began if they were prepared, else when it ended, or now."""
        slot = self._slot(words)
        return min(self.now, slot.starts_at if words.kind == "as_prepared" else slot.ends_at)

    def _slot(self, words: values.Transcript) -> values.Slot:
        return self.programme.session(words.session).slots[-1]

    def _values(self, words: values.Transcript, lent: Mapping[str, int]) -> dict[str, Any]:
        spoken = self._slot(words).starts_at.astimezone(self.conference.zone).date()
        return {
            "kind": words.kind,
            "language": words.language,
            "kicker": words.kicker,
            "headline": words.headline,
            "byline": words.byline,
            "byline_role": words.byline_role,
            "place": words.place,
            "summary": words.summary,
            "delivered_on": spoken,
            "blocks": [
                {"id": lent.get(block.key), "kind": block.kind, "speaker": block.speaker or None, "text": block.text}
                for block in words.blocks
            ],
        }


def _which(words: values.Transcript) -> tuple[str, str, str]:
    return words.transcript, words.kind, words.language
