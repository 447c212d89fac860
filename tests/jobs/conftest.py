"""Instances for the tests of the jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.house import House


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Callable[..., House]]:
    opened: list[House] = []

    def open_house(**settings: Any) -> House:
        opened.append(House(tmp_path / "data", **settings))
        return opened[-1]

    yield open_house
    for house in opened:
        house.close()


@pytest.fixture
def house(houses: Callable[..., House]) -> House:
    return houses()
