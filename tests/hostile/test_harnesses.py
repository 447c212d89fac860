"""Bytes and arguments that hypothesis thinks of: each ends in a refusal of the list or in a result."""

from __future__ import annotations

import random
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dicom.members import Bytes
from tests.dicom.zips import Entry, deflated, large_file_zip, zip_bytes
from tests.hostile.bodies import file_of
from tests.hostile.mutate import mutant
from tests.hostile.pixels import jpeg, jpeg_2000, jpeg_ls
from webapp.config import Limits
from webapp.dicom import archive
from webapp.dicom.codestream import codestream, starts_codestream, unboxed
from webapp.dicom.prescan import check_cost, depth_of
from webapp.dicom.read import read_instances
from webapp.errors import TruesliceError
from webapp.routes.cuts import cut_asked, wish_of
from webapp.views.state import ViewState, key_of, scene_key, slice_number

LIMITS = Limits(member_bytes=1 << 20, expanded_bytes=1 << 22, members=50, elements=5_000, header_bytes=1 << 20)
GOOD = deflated(b"a", file_of())
QUICK = settings(max_examples=120, deadline=None)

CHANGES = st.tuples(st.integers(0, 600), st.integers(0, 255))

#: Any JSON a browser may send.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def layouts(draw: Any) -> bytes:
    """Zips whose names, methods, flags, sizes and places are anything, some with bytes changed."""
    entries: list[Entry] = []
    for _ in range(draw(st.integers(0, 5))):
        size = draw(st.sampled_from([GOOD.size, 0, 100, 0xFFFFFFFF]))
        method, flags = draw(st.sampled_from([8, 8, 0, 12, 99])), draw(st.sampled_from([0, 0, 1, 0x800]))
        offset = draw(st.sampled_from([None, None, None, 0, 7])) if entries else None
        name, attributes = draw(st.binary(max_size=12)), draw(st.sampled_from([0, 0o120777 << 16]))
        entries.append(
            replace(GOOD, name=name, size=size, method=method, flags=flags, attributes=attributes, offset=offset)
        )
    whole = bytearray(draw(st.sampled_from([zip_bytes, large_file_zip]))(entries))
    for _ in range(draw(st.integers(0, 3))):
        whole[draw(st.integers(0, len(whole) - 1))] = draw(st.integers(0, 255))
    return bytes(whole[: draw(st.sampled_from([len(whole), len(whole), len(whole) // 2]))]) or b"P"


@QUICK
@given(layouts() | st.binary(min_size=1, max_size=300))
def test_any_zip_is_read_or_refused(whole: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        path.write_bytes(whole)
        with suppress(TruesliceError), archive.opened(path, LIMITS) as opened:
            for member in opened.members:
                with suppress(TruesliceError):
                    assert len(member.read()) <= LIMITS.member_bytes


@QUICK
@given(st.integers(0, 10**9))
def test_any_changed_file_is_read_or_refused(seed: int) -> None:
    with suppress(TruesliceError):
        assert read_instances(Bytes(mutant(random.Random(seed))), LIMITS)


@QUICK
@given(st.binary(max_size=600))
def test_any_bytes_are_counted_before_they_are_read(head: bytes) -> None:
    with suppress(TruesliceError):
        check_cost(b"\0" * 128 + b"DICM" + head, LIMITS)
    assert depth_of(head) >= 0


@QUICK
@given(
    st.sampled_from([jpeg(), jpeg_ls(), jpeg_2000(64, 64)]),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255))),
)
def test_any_codestream_tells_its_size_or_is_refused(good: bytes, changes: list[tuple[int, int]]) -> None:
    whole = bytearray(good)
    for place, value in changes:
        whole[place % len(whole)] = value
    assert starts_codestream(bytes(whole)) in {True, False}
    with suppress(TruesliceError):
        assert codestream(unboxed(bytes(whole))).family


@QUICK
@given(JSON, st.text(max_size=60))
def test_any_argument_of_the_page_is_read_or_refused(sent: Any, text: str) -> None:
    for take in (key_of, slice_number, scene_key, ViewState.from_query, cut_asked):
        with suppress(TruesliceError):
            take(sent)
    with suppress(TruesliceError):
        wish_of({"slab": text, "axes": text[:8]})
    assert isinstance(ViewState.from_query(f"?{text}").to_query(), str)
