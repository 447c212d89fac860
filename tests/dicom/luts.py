"""Look-up tables for tests."""

from __future__ import annotations

from collections.abc import Sequence

from pydicom.dataset import Dataset


def item(descriptor: Sequence[int], data: Sequence[int] | bytes, explanation: str = "") -> Dataset:
    """An item of a VOI or Modality LUT Sequence; data of bytes is kept as they are.

    Parameters
    ----------
    descriptor : sequence of int
        Entries, first value, bits.
    data : sequence of int or bytes
    explanation : str
    """
    made = Dataset()
    made.add_new("LUTDescriptor", "US", list(descriptor))
    made.add_new("LUTData", "OW" if isinstance(data, bytes) else "US", data if isinstance(data, bytes) else list(data))
    if explanation:
        made.LUTExplanation = explanation
    return made
