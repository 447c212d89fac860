"""Opening a stack by its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.views.test_scene import KEY, card_of
from webapp.errors import UnknownKey
from webapp.services import Services
from webapp.store.model import Card
from webapp.views import slices
from webapp.views.scene import scene as scene_of


@pytest.fixture
def meta(open_scan: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The meta of the phantom as it was opened."""
    return open_scan()


@pytest.fixture
def scene(meta: dict[str, Any]) -> dict[str, Any]:
    return scene_of(card_of(meta), meta)


def services_with(meta: dict[str, Any]) -> Services:
    """An instance that knows one stack."""

    def stack(owner: str, key: str) -> Card:
        if (owner, key) != ("me", KEY):
            raise UnknownKey
        return card_of(meta)

    parts = {
        "owner": lambda: "me",
        "tokens": tuple,
        "catalogue": SimpleNamespace(stack=stack, touch=lambda _key: None, companions=lambda _owner, _key: []),
        "volumes": SimpleNamespace(open=lambda _key: SimpleNamespace(meta=meta)),
    }
    return cast(Services, SimpleNamespace(**parts))


def test_an_address_opens_its_stack(meta: dict[str, Any], scene: dict[str, Any]) -> None:
    assert slices.open_stack(services_with(meta), f"?stack={KEY}&at=1,2,3") == (scene, "")


def test_an_address_without_a_stack_is_the_library(meta: dict[str, Any]) -> None:
    assert slices.open_stack(services_with(meta), "?panel=tags") == ({}, "")


def test_a_foreign_stack_is_refused_in_words(meta: dict[str, Any]) -> None:
    scene, words = slices.open_stack(services_with(meta), f"?stack={'b' * 32}")
    assert scene == {}
    assert words == "There is nothing here. It may have been deleted. Open the library."


def test_an_open_stack_knows_what_lies_beside_it(meta: dict[str, Any]) -> None:
    services = services_with(meta)
    other = replace(card_of(meta), key="c" * 32)
    vars(services.catalogue)["companions"] = lambda _owner, _key: [other]
    volumes = SimpleNamespace(open=lambda _key: SimpleNamespace(meta=meta), meta=lambda _key: meta)
    parts = SimpleNamespace(owner=services.owner, catalogue=services.catalogue, volumes=volumes)
    scene, _ = slices.open_stack(cast(Services, parts), f"?stack={KEY}")
    assert [(link["key"], link["placed"]) for link in scene["links"]] == [("c" * 32, True)]
