"""What Instance Numbers say of pictures that share places: blocks of a volume each, or of a place each."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.dicom.model import Instance


def blocks_of_numbers(places: Sequence[int]) -> list[int] | None:
    """Which block, from 0, each picture belongs to.

    Parameters
    ----------
    places : sequence of int
        The place of each picture, in the order of their numbers.

    Returns
    -------
    list of int or None
        Volume after volume, the places in the same order or the opposite one each time, the last volume perhaps cut
        short; or all pictures of a place after each other. None for anything else: that is no order to rely on.
    """
    full = len(set(places))
    if _repeats(places, full):
        return [at // full for at in range(len(places))]
    times, left_over = divmod(len(places), full)
    if not left_over and _each_together(places, times):
        return [at % times for at in range(len(places))]
    return None


def _repeats(places: Sequence[int], full: int) -> bool:
    """Whether places come in one order again and again, perhaps turned round, the last time perhaps cut short."""
    first = list(places[:full])
    blocks = [list(places[at : at + full]) for at in range(0, len(places), full)]
    return len(set(first)) == full and all(
        block in (first[: len(block)], first[::-1][: len(block)]) for block in blocks
    )


def _each_together(places: Sequence[int], times: int) -> bool:
    """Whether each place comes so many times in a row, once."""
    groups = [set(places[at : at + times]) for at in range(0, len(places), times)]
    return all(len(group) == 1 for group in groups) and len(set().union(*groups)) == len(groups)


def by_number(instances: Sequence[Instance]) -> tuple[Instance, ...]:
    """Pictures by Instance Number, then frame, then tile; those without a number last, as they came.

    Parameters
    ----------
    instances : sequence of Instance
    """

    def key(instance: Instance) -> tuple[bool, int, int, tuple[int, int]]:
        tile = instance.tile.place if instance.tile is not None else (0, 0)
        return instance.number is None, instance.number or 0, instance.frame, tile

    return tuple(sorted(instances, key=key))
