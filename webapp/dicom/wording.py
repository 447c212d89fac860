"""How numbers are set in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from webapp.findings import Finding

#: A hyphen that stands for a minus: before a number, and behind nothing that it could join.
_MINUS: Final = re.compile(r"(?<![\w.,)-])-(?=\d)")


def typeset(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with a true minus sign before negative numbers.

    Parameters
    ----------
    findings : iterable of Finding
    """
    return tuple(replace(finding, message=with_minus(finding.message)) for finding in findings)


def with_minus(sentence: str) -> str:
    """The sentence with a true minus sign before negative numbers.

    Parameters
    ----------
    sentence : str
    """
    return _MINUS.sub("−", sentence)
