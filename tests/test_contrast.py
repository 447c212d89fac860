"""Words and marks can be read: the tokens of both themes have the contrast that WCAG 2.2 AA asks for."""

from __future__ import annotations

import re

import pytest

from webapp.config import ROOT

#: Contrast of words (1.4.3), and of lines and marks that carry meaning (1.4.11).
WORDS, MARKS = 4.5, 3.0

GROUNDS = ("ground", "panel", "raised")
SPOKEN = ("text", "quiet", "accent", "trusted", "caution", "refused")
DRAWN = ("line-strong", "axial", "sagittal", "coronal", "solid")
PAIRS = [
    *((word, ground, WORDS) for word in SPOKEN for ground in GROUNDS),
    *((mark, ground, MARKS) for mark in DRAWN for ground in GROUNDS),
    ("on-accent", "accent", WORDS),
    ("picture-text", "picture", WORDS),
    ("picture-quiet", "picture", WORDS),
]


def _tokens() -> dict[str, dict[str, str]]:
    """Name and colour of each token of each theme; what the light theme does not change is the dark one's."""
    css = (ROOT / "assets" / "viewer.css").read_text()
    dark, light = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r"^:root(?:\[data-mantine-color-scheme=\"light\"\])? \{\n(.*?)^\}", css, re.S | re.M)[
            :2
        ]
    )
    return {"dark": dark, "light": {**dark, **light}}


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definitions)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_counted_as_it_is_defined() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_words_and_marks_stand_out_from_every_ground(theme: str) -> None:
    tokens = _tokens()[theme]
    found = {(word, ground): contrast(tokens[word], tokens[ground]) - least for word, ground, least in PAIRS}
    assert {pair: short for pair, short in found.items() if short < 0} == {}


def test_words_over_pictures_are_read_on_black_and_on_white() -> None:
    css = (ROOT / "assets" / "viewer.css").read_text()
    behind = re.search(r"--picture-behind: rgb\(0 0 0 / (\d+)%\);", css)
    assert behind
    on_white = "#" + f"{round(255 * (1 - int(behind[1]) / 100)):02x}" * 3
    tokens = _tokens()["dark"]
    names = re.findall(r"^\.pane(?:-\w+)? \{ --name: (#[0-9a-f]{6});", css, re.M)
    assert len(names) == 4
    spoken = [*names, tokens["picture-text"], tokens["picture-quiet"]]
    assert all(contrast(word, ground) >= WORDS for word in spoken for ground in ("#000000", on_white))
    for part in ("corner", "edge", "ruler"):
        assert re.search(rf"^\.{part} \{{[^}}]*background: var\(--picture-behind\)", css, re.M), part
