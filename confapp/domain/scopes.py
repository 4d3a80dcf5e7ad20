"""Where in the draft somebody may move slots and edit sessions: the scopes of their grants, held against a step."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from confapp.domain.conferences import Track
from confapp.domain.hosts import Room
from confapp.domain.sessions import Session
from confapp.domain.slots import Slot

Scopes = Mapping[str, Set[int]] | None
"""Where a permission holds, as `permissions.scope_of` says it; None: everywhere."""


def may_move(slot: Slot, scopes: Scopes, *entered: Room | None) -> bool:
    """Whether scopes hold the session's track, or all rooms that the slot leaves and enters.

    A host's coordinator moves slots within what her host lends; the whole venue (None) is no one host's.
    """
    if scopes is None or (slot.session is not None and slot.session.track_id in scopes.get("track", ())):
        return True
    lent = scopes.get("host", frozenset())
    touched = [*([slot.room] if slot.is_placed else []), *entered]
    return bool(lent) and all(room is not None and room.host_id in lent for room in touched)


def may_retrack(session: Session, scopes: Scopes, track: Track | None) -> bool:
    """Whether scopes hold both the track that a session leaves and the one that it enters."""
    if scopes is None:
        return True
    mine = scopes.get("track", frozenset())
    return session.track_id in mine and track is not None and track.id in mine


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do to the draft: where slots may be placed, where sessions be edited, and conflicts overridden.

    One who holds neither scope may do nothing: `scope_of` gives an empty mapping then.
    """

    place: Scopes
    edit: Scopes
    may_override: bool = False


EVERYWHERE = Rights(None, None, may_override=True)
"""The app's own commands."""
