"""The refusals that the domain raises: each is said in words a person can act on, and none of them stores anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Message(str):
    """An English sentence that remembers its template and values, so that the door can say it in another language."""

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, **values: Any) -> Message:
        """Fill `template` (%-style, by name) with `values`; the result is the English sentence.

        A tuple of messages among them is said one after the other, with commas.
        """
        plain = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
        message = super().__new__(cls, template % plain if plain else template)
        message.template = template
        message.values = values
        return message

    def format(self, *_values: object, **_named: object) -> str:
        """Itself: validators fill in their messages once more, and would lose the template."""
        return self


N_ = Message  # gettext's extractor looks for this name


def told(value: Any) -> Any:
    """A tree of messages and plain values in JSON's types, to be kept in a row and said later; see `of_told`."""
    if isinstance(value, Message):
        return {_TEMPLATE: value.template, "values": told(value.values)}
    if isinstance(value, Mapping):
        return {str(name): told(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [told(each) for each in value]
    if isinstance(value, str):  # what no database keeps in JSON: NUL, and halves of characters
        return value.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    return value if value is None or isinstance(value, int | float) else str(value)


def of_told(value: Any) -> Any:
    """What `told` wrote, its messages sentences again that know their templates."""
    if isinstance(value, Mapping):
        if _TEMPLATE in value:
            filled = {name: of_told(each) for name, each in value["values"].items()}
            return Message(
                value[_TEMPLATE], **{name: tuple(v) if isinstance(v, list) else v for name, v in filled.items()}
            )
        return {name: of_told(each) for name, each in value.items()}
    return [of_told(each) for each in value] if isinstance(value, list) else value


_TEMPLATE = "%"
"""The key by which a kept message is told from a kept mapping: no field is called so."""


class Refusal(Exception):
    """Something may not happen. Raising it inside a transaction stores nothing."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Missing(Refusal):
    """There is no such thing, or the asker may not know of it: both read alike."""

    def __init__(self, message: str = N_("There is nothing here, or nothing that you may see.")) -> None:
        super().__init__(message)


class NotAllowed(Refusal):
    """The asker may see the thing but not do this to it."""


class Invalid(Refusal):
    """Values that cannot be taken; `errors` names each field and what is wrong with it, in marshmallow's form."""

    def __init__(self, errors: Mapping[str, Sequence[str] | Mapping[Any, Any]], message: str | None = None) -> None:
        super().__init__(message or N_("Some values cannot be taken."))
        self.errors = errors


class TooLarge(Refusal):
    """More bytes than this place takes."""


class NotNow(Refusal):
    """The thing is not in a state in which this may happen: the transition is not in its table, or a guard fails."""


class Overtaken(NotNow):
    """Later steps stand where this one would be taken back; `later` are their versions, the newest first."""

    def __init__(self, message: str, later: Sequence[int]) -> None:
        super().__init__(message)
        self.later = tuple(later)


class Stale(Refusal):
    """The thing changed since the asker looked at it; `current` is the version it has now."""

    def __init__(self, message: str, current: int) -> None:
        super().__init__(message)
        self.current = current


class Clash(Refusal):
    """A placement that blocks; `conflicts` names every one, as `confapp.domain.schedule.placements.Conflict` values.

    `ways_out` names the nearest free places, as its `WayOut` values.
    """

    def __init__(self, message: str, conflicts: Sequence[Any], ways_out: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.conflicts = tuple(conflicts)
        self.ways_out = tuple(ways_out)
