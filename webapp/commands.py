"""What the command line answers: the same sandbox and the same files as the web application."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from webapp import __version__, stackfiles
from webapp.config import Config
from webapp.errors import BadArgument, NotSupportedYet, TruesliceError
from webapp.imaging.volume import Volume
from webapp.opened_input import chosen, opened, volume_in
from webapp.reconstruct import OPENED, STACKS
from webapp.stackchoices import choice_lines

#: What a stack says of itself in ``inspect --json``, in this order.
_STACK_FIELDS: Final = (
    "id",
    "kind",
    "shape_kji",
    "slice_axis",
    "spacing_mm_kji",
    "affine_kji_to_lps",
    "time_points",
    "time_key",
    "time_unit",
    "time_values",
    "grid",
    "tilt_deg",
    "shear",
    "value_unit",
    "value_range",
    "verdict",
    "summary",
    "findings",
)
#: What only a stack says that has to do with a choice between pictures of one place.
_CHOICE_FIELDS: Final = ("choice", "picked")
_SERIES_FIELDS: Final = (
    "series_instance_uid",
    "study_instance_uid",
    "modality",
    "manufacturer",
    "description",
    "images",
)

#: What is no picture but drawn over pictures, where only pictures are told of.
_LIES_OVER: Final = "Regions that are drawn over pictures: the page shows them there."


def inspect(paths: Sequence[Path], pick: Sequence[str] = (), *, as_json: bool, config: Config) -> int:
    """Say what is in the inputs.

    Parameters
    ----------
    paths : sequence of Path
        Zips, folders or files.
    pick : sequence of str
        What to choose where places hold several pictures: what that makes is told as well.
    as_json : bool
        One JSON document on standard output, and nothing else.
    config : Config

    Returns
    -------
    int
        0: something can be shown; 1: nothing can, and why is said.
    """
    documents = []
    for path in paths:
        try:
            with opened(path, config, pick) as folder:
                documents.append(_report(folder))
        except TruesliceError as error:
            aside = {"name": path.name, "code": error.code, "reason": str(error)}
            documents.append({"input": {"files": 0, "bytes": 0}, "series": [], "set_aside": [aside]})
    whole = {
        "trueslice": __version__,
        "input": {name: sum(one["input"][name] for one in documents) for name in ("files", "bytes")},
        "series": [series for one in documents for series in one["series"]],
        "set_aside": [line for one in documents for line in one["set_aside"]],
    }
    if as_json:
        print(json.dumps(whole, ensure_ascii=False))
    else:
        print("\n".join(_words(whole)))
    return 0 if whole["series"] else 1


def probe(choice: dict[str, Any], coordinates: Sequence[float], *, as_json: bool, config: Config) -> int:
    """Values at patient points: at voxel centres exactly the stored modality value, elsewhere the nearest voxel's.

    Parameters
    ----------
    choice : dict
        ``path``, ``series``, and optionally ``study``, ``stack``, ``time``, ``pick``.
    coordinates : sequence of float
        Patient LPS, mm, three a point.
    as_json : bool
    config : Config

    Raises
    ------
    BadArgument, UnknownSeries, NotAVolume, NotSupportedYet, NothingToChoose, PicksUnfit
    """
    if len(coordinates) % 3:
        raise BadArgument("A point has three numbers, X Y Z in mm.", "Give three numbers for each point, after --.")
    if not np.isfinite(coordinates).all():
        raise BadArgument("A point's coordinates are finite numbers, in mm.", "Give three numbers for each point.")
    with opened(choice["path"], config, choice["pick"]) as folder:
        volume = volume_in(chosen(folder, choice))
        if volume.is_colour:
            raise NotSupportedYet("Colours are no values: there is nothing to probe.", "Probe another series.")
        time = int(choice["time"] or 0)
        if not 0 <= time < volume.voxels.shape[0]:
            raise BadArgument("There is no such time point.", "Run 'inspect' to see how many there are.")
        points = np.array(coordinates, np.float64).reshape(-1, 3)
        answers = [_value(volume, point, time) for point in points]
    if as_json:
        print(json.dumps({"points": answers}))
    else:
        print("\n".join(_point_words(answer) for answer in answers))
    return 0


def _report(folder: Path) -> dict[str, Any]:
    """The document of one opened input."""
    document: dict[str, Any] = json.loads((folder / OPENED).read_text(encoding="utf-8"))
    series = []
    for record in document["series"]:
        stacks = [stack_words(stackfiles.read_meta(folder / STACKS / name)) for name in record["stacks"]]
        series.append({**series_words(record), "stacks": stacks})
    over = [{"name": one["name"], "code": "lies_over", "reason": _LIES_OVER} for one in document["over"]]
    return {"input": document["input"], "series": series, "set_aside": [*document["set_aside"], *over]}


def stack_words(meta: dict[str, Any]) -> dict[str, Any]:
    """What a stack says of itself in ``inspect --json``.

    Parameters
    ----------
    meta : dict
        Its ``meta.json``.
    """
    return {name: meta[name] for name in _STACK_FIELDS} | {name: meta[name] for name in _CHOICE_FIELDS if meta[name]}


def series_words(record: dict[str, Any]) -> dict[str, Any]:
    """What a series says of itself in ``inspect --json``; an identifier that its files do not carry stands apart.

    Parameters
    ----------
    record : dict
        As the files of its stacks keep it.
    """
    told = {name: record[name] for name in _SERIES_FIELDS}
    if record["uid_made_up"]:
        told |= {"series_instance_uid": "", "made_up_uid": record["series_instance_uid"]}
    return told


def _value(volume: Volume, point_mm: np.ndarray[Any, np.dtype[np.float64]], time: int) -> dict[str, Any]:
    """One answer of ``probe``."""
    found = volume.probe(point_mm, time)
    return {
        "lps_mm": point_mm.tolist(),
        "value": found.value,
        "why_null": found.why_null,
        "unit": volume.unit,
        "kji": list(found.kji),
        "exact": found.exact,
    }


def _words(document: dict[str, Any]) -> Iterator[str]:
    """What ``inspect`` prints for a person."""
    for series in document["series"]:
        name = " ".join(part for part in (series["modality"], series["description"]) if part)
        uid = series["series_instance_uid"] or f"{series['made_up_uid']} (made up: the files carry none)"
        yield f"{name or 'Series'} · {series['images']} images · {uid}"
        for stack in series["stacks"]:
            shape = " × ".join(str(length) for length in stack["shape_kji"])
            yield f"  stack {stack['id']}: {stack['kind']} {shape}, {stack['verdict']}"
            yield f"    {stack['summary']}"
            yield from (f"    {one['severity']:5} {one['id']} {one['message']}" for one in stack["findings"])
            if "choice" in stack:
                yield from (f"    {line}" for line in choice_lines(stack["choice"]))
    for line in document["set_aside"]:
        yield f"set aside: {line['name']}: {line['reason']}"


def _point_words(answer: dict[str, Any]) -> str:
    """One line of ``probe`` for a person."""
    place = " ".join(f"{number:g}" for number in answer["lps_mm"])
    if answer["value"] is None:
        return f"{place}: {answer['why_null']}"
    unit = f" {answer['unit']}" if answer["unit"] else ""
    return f"{place}: {answer['value']:g}{unit}{'' if answer['exact'] else ' (nearest voxel)'}"
