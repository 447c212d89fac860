"""When two values are the same, when only their writing differs, and when they differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.compare.likeness import State, Tolerance, graver, likeness

VALUES = st.one_of(
    st.text(max_size=8), st.floats(allow_nan=False, allow_infinity=False).map(str), st.sampled_from(["", "1", "1.0"])
)
VRS = st.sampled_from(["DS", "IS", "LO", "PN", "UI", "TM", "DA", "OB", "DS/FD"])


@pytest.mark.parametrize(
    ("one", "other", "vr", "state"),
    [
        ("2.5", "2.5", "DS", State.EQUAL),
        ("2.5", "2.50", "DS", State.FORMATTING),
        ("2.5", "2.50000001", "DS", State.FORMATTING),
        ("2.5", "2.5001", "DS", State.DIFFERENT),
        ("-0\\1", "0\\1", "DS", State.FORMATTING),
        ("0.8\\0.5", "0.8", "DS", State.DIFFERENT),
        ("1e2", "100", "DS", State.FORMATTING),
        ("0.1", "0.10000000149011612", "DS/FD", State.FORMATTING),
        ("007", "7", "IS", State.FORMATTING),
        ("7", "", "IS", State.DIFFERENT),
        (" HEAD ", "head", "LO", State.FORMATTING),
        ("Doe^Jane", "DOE^JANE^^", "PN", State.FORMATTING),
        ("HEAD", "NECK", "CS", State.DIFFERENT),
        ("120000", "120000.000", "TM", State.FORMATTING),
        ("120000", "120001", "TM", State.DIFFERENT),
        ("2001.02.03", "20010203", "DA", State.FORMATTING),
        ("1.2.3", "1.2.30", "UI", State.DIFFERENT),
        ("007", "7", "LO", State.DIFFERENT),
        ("4 bytes: 00 01 02 03", "4 bytes: 00 01 02 04", "OB", State.DIFFERENT),
        ("384 bytes, not compared", "384 bytes, not compared", "OW", State.UNKNOWN),
        ("384 bytes, not compared", "386 bytes, not compared", "OW", State.DIFFERENT),
    ],
)
def test_two_values_compare(one: str, other: str, vr: str, state: State) -> None:
    assert likeness(one, other, vr) is state


@given(VALUES, VALUES, VRS)
def test_comparing_values_is_symmetric(one: str, other: str, vr: str) -> None:
    assert likeness(one, other, vr) is likeness(other, one, vr)


@given(VALUES, VRS)
def test_a_value_is_equal_to_itself(one: str, vr: str) -> None:
    assert likeness(one, one, vr) is State.EQUAL


def test_a_wider_tolerance_takes_nearby_numbers_for_the_same() -> None:
    assert likeness("100", "101", "DS", Tolerance(relative=0.02)) is State.FORMATTING


def test_the_gravest_of_several_states_stands_for_all() -> None:
    assert graver([State.EQUAL, State.MISSING, State.FORMATTING]) is State.MISSING
    assert graver([]) is State.EQUAL
