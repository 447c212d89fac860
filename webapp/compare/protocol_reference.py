"""A protocol as a file: what each quantity has to be, and how far it may be off."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from webapp.errors import BadReference

_MOST_CHECKS: Final = 500


class Check(BaseModel):
    """What one element, or one computed quantity, has to be.

    Exactly one of `values` and `range` is given; a number passes within `relative` (a share) or `absolute` of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: str = Field(default="", pattern=r"^([0-9A-F]{4},[0-9A-F]{4})?$")
    computed: str = ""
    name: str
    unit: str = ""
    vr: str
    values: tuple[str, ...] | None = None
    range: tuple[float, float] | None = None
    relative: float = Field(default=0.0, ge=0, le=10)
    absolute: float = Field(default=0.0, ge=0)


class Reference(BaseModel):
    """A protocol: what a series was acquired with, and how far another may be from it. It names no patient."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trueslice_protocol: Literal[1] = 1
    modality: str
    checks: tuple[Check, ...] = Field(max_length=_MOST_CHECKS)


def read_reference(text: str) -> Reference:
    """A reference from its file.

    Parameters
    ----------
    text : str
        JSON.

    Raises
    ------
    BadReference
    """
    try:
        reference = Reference.model_validate_json(text)
    except ValidationError as error:
        raise BadReference from error
    for check in reference.checks:
        if (check.values is None) == (check.range is None) or bool(check.tag) == bool(check.computed):
            raise BadReference
    return reference
