"""The shape of a job, as programs see it while it is under way and once it is over."""

from __future__ import annotations

from marshmallow import fields

from confapp.schemas.base import Schema


class JobSchema(Schema):
    """One job: how far it is, and what came of it."""

    uuid = fields.UUID(dump_only=True)
    kind = fields.Function(lambda job: job.kind.value, dump_only=True)
    state = fields.Function(lambda job: state_of(job), dump_only=True)
    step = fields.String(dump_only=True, metadata={"description": "reading, comparing, writing or pages"})
    done = fields.Integer(dump_only=True)
    total = fields.Integer(dump_only=True, metadata={"description": "0 where nobody can tell"})
    asked_at = fields.AwareDateTime(dump_only=True)
    ended_at = fields.AwareDateTime(dump_only=True, allow_none=True)


def state_of(job: object) -> str:
    """waiting, running, done, refused or failed."""
    outcome = getattr(job, "outcome", None)
    if outcome is not None:
        return str(outcome.value)
    return "running" if getattr(job, "step", "") else "waiting"
