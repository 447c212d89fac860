"""The tags of a stack as rows: what all its instances share once, and a column for each element that varies.

An instance here is what has a header of its own: a file, or one frame of a multi-frame file. The tiles of a mosaic
share their file's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from webapp.dicom.tag_row import FRAME_ITEM, TagColumn, TagRow, Variation


@dataclass(frozen=True, slots=True)
class TagTable:
    """All tags of a stack.

    Parameters
    ----------
    rows : tuple of TagRow
        Every element that occurs in any instance, in tag order; one that varies carries its column.
    places : tuple of tuple of int
        Which instance each picture belongs to: T volumes of N pictures, in kept order.
    frames : tuple of (int or None)
        Of each instance its frame, None for a whole file.
    left_out : int
        Elements of which no row is kept, as there were too many.
    """

    rows: tuple[TagRow, ...]
    places: tuple[tuple[int, ...], ...] = ((0,),)
    frames: tuple[int | None, ...] = (None,)
    left_out: int = 0

    @property
    def instances(self) -> int:
        """How many instances there are."""
        return len(self.frames)

    def instance_at(self, slice_: int, time: int = 0) -> int:
        """The instance of a picture.

        Parameters
        ----------
        slice_ : int
            In kept order, from 0, as findings count; beyond the ends the last one.
        time : int
        """
        volume = self.places[min(max(time, 0), len(self.places) - 1)]
        return volume[min(max(slice_, 0), len(volume) - 1)]

    def slice_of(self, instance: int) -> tuple[int, int]:
        """The first picture of an instance: its slice in kept order and its time point, from 0."""
        return next((volume.index(instance), time) for time, volume in enumerate(self.places) if instance in volume)

    def rows_of(self, instance: int) -> list[TagRow]:
        """Every element of one instance, as if its file were read again.

        Parameters
        ----------
        instance : int
        """
        return list(self._rows_of(instance))

    def _rows_of(self, instance: int) -> Iterator[TagRow]:
        """The rows that an instance has, with its own values."""
        frame = self.frames[instance]
        item = "" if frame is None else f"5200,9230[{frame}]"
        for row in self.rows:
            own = row
            if row.column is not None:
                value = row.column.value(instance)
                if value is None:
                    continue
                vm = row.column.vms[row.column.at[instance]] if row.column.at else row.vm
                own = replace(row, value=value, vm=vm, column=None)
            yield replace(own, path=own.path.replace(FRAME_ITEM, item)) if item and FRAME_ITEM in own.path else own

    def along(self, row: TagRow, time: int = 0) -> list[str | None]:
        """A row's value in every picture of one volume, in kept order.

        Parameters
        ----------
        row : TagRow
            Of this table.
        time : int
        """
        if row.column is None:
            return [row.value] * len(self.places[time])
        return [row.column.value(instance) for instance in self.places[time]]

    def find(self, tag: str) -> TagRow | None:
        """The row of a standard element, of a multi-frame file that of its frames.

        Parameters
        ----------
        tag : str
            ``gggg,eeee``.
        """
        lifted = [row for row in self.rows if row.lifted == tag]
        plain = [row for row in self.rows if row.path == tag and not row.creator]
        return next(iter(lifted[::-1] + plain), None)

    def values(self, tag: str) -> list[str]:
        """Each different value that a standard element has, empty when it is absent everywhere."""
        row = self.find(tag)
        if row is None:
            return []
        return [row.value] if row.column is None else list(row.column.values)

    def as_json(self) -> dict[str, Any]:
        """The table as it is stored."""
        return {
            "rows": [[getattr(row, name) for name in _STORED] for row in self.rows],
            "columns": {
                str(place): {**asdict(row.column), "variation": str(row.column.variation)}
                for place, row in enumerate(self.rows)
                if row.column is not None
            },
            "places": [list(volume) for volume in self.places],
            "frames": list(self.frames),
            "left_out": self.left_out,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> TagTable:
        """The table that `as_json` wrote; anything else is a KeyError, TypeError, ValueError or IndexError."""
        columns = {int(place): _column(record) for place, record in document["columns"].items()}
        rows = [
            TagRow(**dict(zip(_STORED, record, strict=True)), column=columns.get(place))
            for place, record in enumerate(document["rows"])
        ]
        places = tuple(tuple(map(int, volume)) for volume in document["places"])
        table = cls(tuple(rows), places, tuple(document["frames"]), int(document["left_out"]))
        table.prove()
        return table

    def prove(self) -> None:
        """Raise ValueError where places or columns do not fit the instances."""
        known = set(range(self.instances))
        if not self.places or not all(self.places) or not set().union(*self.places) <= known:
            raise ValueError("places")
        for row in self.rows:
            column = row.column
            if column is None:
                continue
            fits = len(column.at) in (0, self.instances) and len(column.vms) == len(column.values) > 0
            inside = not column.at or -1 <= min(column.at) <= max(column.at) < len(column.values)
            if not fits or not inside or set(map(type, column.at)) - {int}:
                raise ValueError("column")


_STORED: Final = ("path", "tag", "keyword", "name", "vr", "value", "depth", "creator", "vm", "unit", "lifted")


def _column(record: Mapping[str, Any]) -> TagColumn:
    """A column as it was stored."""
    values, vms, at = (tuple(record[name]) for name in ("values", "vms", "at"))
    return TagColumn(values, vms, at, Variation(record["variation"]), str(record["words"]))
