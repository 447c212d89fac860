"""Tag numbers as people write them: (0018,0088), 0018,0088, 0018 0088, 00180088, 0x00180088, and 60xx,3000."""

from __future__ import annotations

import re
from typing import Final

_HALF: Final = "[0-9A-Fa-fxX]{4}"
_WHOLE: Final = re.compile(rf"\s*\(?\s*(?:0x)?({_HALF})\s*[,;\-\s]?\s*(?:0x)?({_HALF})\s*\)?\s*")
_GROUP: Final = re.compile(r"\s*\(?\s*(?:0x)?([0-9A-Fa-f]{4}|[0-9A-Fa-f]{2}[xX]{2})\s*,?\s*\)?\s*")


def spelled_tag(words: str) -> str | None:
    """The tag that is meant, as ``GGGG,EEEE``; a digit left open is a small x. None when it is no tag number.

    Parameters
    ----------
    words : str
        At most a line.
    """
    found = _WHOLE.fullmatch(words[:40])
    return None if found is None else f"{_half(found[1])},{_half(found[2])}"


def spelled_group(words: str) -> str | None:
    """The group that is meant, as ``GGGG``, or None.

    Parameters
    ----------
    words : str
    """
    found = _GROUP.fullmatch(words[:40])
    return None if found is None else _half(found[1])


def fits(tag: str, wanted: str) -> bool:
    """Whether a tag or group is the one meant, open digits fitting any.

    Parameters
    ----------
    tag : str
        ``GGGG,EEEE``, where open digits fit any as well.
    wanted : str
        From `spelled_tag` or `spelled_group`.
    """
    return all(a == b or "x" in (a, b) for a, b in zip(tag, wanted, strict=False))


def _half(digits: str) -> str:
    """Four digits in capitals, the open ones small."""
    return digits.upper().replace("X", "x")
