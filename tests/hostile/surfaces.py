"""P18, V03, V04: what is shared without being asked, and levels of surfaces that are none."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from tests.factories import Scan
from tests.hostile.callbacks import called
from tests.hostile.cases import Act
from tests.hostile.common import answered_in_words
from tests.hostile.siege import Siege

TRIANGLES = 250_000
ANSWER_SECONDS = 30.0
LEVELS: tuple[Any, ...] = ("NaN", "-inf", "1e400", 1e12, "x", None, [1], {}, True, "9" * 5000)


def wished(level: Any) -> dict[str, Any]:
    """The wish for one surface."""
    return {"places": {"0": {"level": level}}}


def told_before_sharing(siege: Siege) -> None:
    """Whoever shares is told that text inside the pictures goes with them."""
    visitor, key = siege.owner_of_one(Scan(slices=3, tags={"BurnedInAnnotation": "YES"}))
    answer = called(visitor, "share-words.children", {"scene.data": {"key": key}, "share-dialog.opened": True})
    assert b"Text inside the pictures themselves" in answer.body


def levels_that_are_none(siege: Siege) -> None:
    """A level that is no number, or lies nowhere, makes no surface and no fault."""
    visitor = siege.reader.visitor
    for level in LEVELS:
        answer = called(visitor, "surface-work.data", {"surface-wishes.data": {"key": siege.key, **wished(level)}})
        answered_in_words(answer)
        assert answer.status in {200, 204, 400, 422}, level


def noise(siege: Siege) -> None:
    """A surface through noise, which is all triangles, keeps to the budget of the screen or is refused."""
    dice = np.random.default_rng(5)

    def each(dataset: Any, k: int) -> None:
        dataset.PixelData = dice.integers(0, 4096, (128, 128)).astype("<u2").tobytes()

    visitor, key = siege.owner_of_one(Scan(slices=128, rows=128, columns=128, each=each))
    wishes, work, start = {"key": key, **wished(1000)}, None, time.monotonic()
    while time.monotonic() - start < 60:
        answer = called(visitor, "surface-work.data", {"surface-wishes.data": wishes, "surface-work.data": work})
        answered_in_words(answer)
        work = json.loads(answer.body)["response"]["surface-work"]["data"]
        place = work["places"].get("0", {})
        if place.get("mesh") or not place.get("job"):
            break
        time.sleep(0.3)
    assert time.monotonic() - start < ANSWER_SECONDS
    if place.get("mesh"):
        assert place["mesh"]["triangles"] <= TRIANGLES


ACTS = (
    Act("P18", "text inside pictures that are shared", told_before_sharing),
    Act("V04", "levels that are none", levels_that_are_none),
    Act("V03", "a surface through noise", noise, slow=True),
)
