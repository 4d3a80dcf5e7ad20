"""Where in the draft somebody may move slots and edit sessions: the scopes of their grants, held against a step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from confapp.domain.programme.conferences import Track
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Slot

Scopes = Mapping[str, Set[int]] | None
"""Where a permission holds, as `permissions.Held.scope_of` says it; None: everywhere."""


def may_move(slot: Slot, scopes: Scopes, *entered: Room | None) -> bool:
    """Whether scopes hold the session's track, or all rooms that the slot leaves and enters.

    A host's coordinator moves slots within what her host lends; the whole venue (None) is no one host's.
    """
    track_id = slot.session.track_id if slot.session is not None else None
    touched = [*([slot.room] if slot.is_placed else []), *entered]
    return may_touch(track_id, [room.host_id if room else None for room in touched], scopes)


def may_touch(track_id: int | None, hosts: Iterable[int | None], scopes: Scopes) -> bool:
    """Whether scopes hold a track, or all hosts whose rooms are touched (None: no host's room)."""
    if scopes is None or (track_id is not None and track_id in scopes.get("track", ())):
        return True
    lent = scopes.get("host", frozenset())
    return bool(lent) and all(host in lent for host in hosts)


def may_retrack(session: Session, scopes: Scopes, track: Track | None) -> bool:
    """Whether scopes hold both the track that a session leaves and the one that it enters."""
    if scopes is None:
        return True
    mine = scopes.get("track", frozenset())
    return session.track_id in mine and track is not None and track.id in mine


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do to the draft: where slots may be placed, where sessions be edited, and conflicts overridden.

    One who holds neither scope may do nothing: `Held.scope_of` gives an empty mapping then.
    """

    place: Scopes
    edit: Scopes
    may_override: bool = False


EVERYWHERE = Rights(None, None, may_override=True)
"""The app's own commands."""
