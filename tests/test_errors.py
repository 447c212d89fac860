"""Every refusal has a name, a cause and a cure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from webapp import errors
from webapp.errors import LevelOutOfRange, TaskCrashed, TruesliceError, UnknownSeries, from_json


def below(root: type[TruesliceError]) -> Iterator[type[TruesliceError]]:
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from below(child)


ALL = sorted(set(below(TruesliceError)), key=lambda kind: kind.__name__)
LEAVES = [kind for kind in ALL if "code" in vars(kind)]


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_a_refusal_says_the_cause_and_the_cure_in_sentences(kind: type[TruesliceError]) -> None:
    error = kind()
    assert error.cause.endswith(".")
    assert error.cure.endswith(".")
    assert str(error) == f"{error.cause} {error.cure}"


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_a_refusal_comes_out_of_the_sandbox_as_itself(kind: type[TruesliceError]) -> None:
    error = from_json(kind("A cause of its own.").as_json())
    assert (type(error), error.cause, error.cure) == (kind, "A cause of its own.", kind().cure)


def test_no_two_refusals_share_a_code() -> None:
    codes = [kind.code for kind in LEAVES]
    assert sorted(codes) == sorted(set(codes))


def test_an_unknown_code_is_a_crash_and_its_text_is_not_believed() -> None:
    error = from_json({"code": "made_up", "cause": "<script>", "cure": "x"})
    assert (type(error), error.cause) == (TaskCrashed, TaskCrashed.cause)


def test_every_status_is_one_of_http() -> None:
    assert all(400 <= kind.status < 600 for kind in ALL)


def test_every_refusal_is_drawn_in_the_tree() -> None:
    words = set((errors.__doc__ or "").split())
    assert [kind.__name__ for kind in ALL if kind.__name__ not in words] == []


def test_a_sentence_may_be_replaced_and_the_other_stays() -> None:
    error = LevelOutOfRange("0 to 5 HU.")
    assert (error.cause, error.cure) == ("0 to 5 HU.", "Choose another level.")
    assert UnknownSeries().cause == "No such series in this input."
