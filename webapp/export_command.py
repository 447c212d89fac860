"""What ``export`` writes: a volume, a surface, the tags or the report, and the verdict beside what will be measured."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, Final

from webapp import __version__, stackfiles
from webapp.commands import series_words, stack_words
from webapp.config import Config, Limits
from webapp.errors import BadArgument
from webapp.exports.mesh import MeshFormat, Space, mesh_chunks
from webapp.exports.nifti import write_nifti
from webapp.exports.nifti_form import form_of
from webapp.exports.report import report_html
from webapp.exports.tables import tags_csv
from webapp.findings import Verdict
from webapp.imaging.mesh import FACTS, open_mesh
from webapp.imaging.options import SurfaceOptions
from webapp.opened_input import chosen, opened, run_task, volume_in
from webapp.sandbox import Task
from webapp.store.tags import read_rows

#: The surface when no level was said, HU: bone.
_BONE_HU: Final = 200.0

#: Everything that can be written.
KINDS: Final = ("nifti", *MeshFormat, "csv", "report")


def export(choice: dict[str, Any], kind: str, output: Path, surface: dict[str, Any], config: Config) -> int:
    """Write a stack for another program.

    Parameters
    ----------
    choice : dict
        ``path``, ``series``, and optionally ``study``, ``stack``, ``time``, ``pick``.
    kind : str
        One of `KINDS`; ``report`` is HTML, and JSON into a file named ``.json``.
    output : Path
    surface : dict
        What `SurfaceOptions` takes but ``time``, its ``level`` None for bone in CT; and ``space``.
    config : Config

    Raises
    ------
    UnknownSeries, NotAVolume, BadArgument, SurfaceError, NothingToChoose, PicksUnfit
    """
    with opened(choice["path"], config, choice["pick"]) as folder:
        stack = chosen(folder, choice)
        if kind == "csv":
            output.write_text(tags_csv(read_rows(stack)), encoding="utf-8", newline="")
        elif kind == "report":
            output.write_text(_report_of(stack, as_json=output.suffix == ".json"), encoding="utf-8")
        elif kind == "nifti":
            _write_statement(stack, {"export": _export_nifti(stack, output)}, output)
        else:
            wish = {**surface, "time": int(choice["time"] or 0)}
            made = _export_mesh(stack, MeshFormat(kind), output, wish, config.limits)
            _write_statement(stack, {"surface": made}, output)
    print(f"Wrote {output.stat().st_size:,} bytes.")
    return 0


def _export_nifti(stack: Path, output: Path) -> dict[str, Any]:
    """Write the voxels, and say what was done to them."""
    volume = volume_in(stack)
    write_nifti(volume, Verdict(stackfiles.read_meta(stack)["verdict"]), output)
    form = form_of(volume.lattice)
    if form.words:
        print(form.words)
    return form.as_json()


def _write_statement(stack: Path, more: dict[str, Any], output: Path) -> None:
    """Put verdict, summary, findings and what is known of a surface beside an export, for whoever measures in it."""
    statement = json.dumps({**_told(stack), **more}, ensure_ascii=False)
    output.with_name(f"{output.name}.audit.json").write_text(statement, encoding="utf-8")


def _told(stack: Path) -> dict[str, Any]:
    """What ``inspect --json`` says of one stack."""
    meta = stackfiles.read_meta(stack)
    return {"trueslice": __version__, "series": series_words(meta["series"]), "stack": stack_words(meta)}


def _report_of(stack: Path, *, as_json: bool) -> str:
    """The audit of one stack: HTML for a person, or what ``inspect --json`` says of it."""
    if as_json:
        return json.dumps(_told(stack), ensure_ascii=False)
    return report_html(stackfiles.read_meta(stack), (stack / stackfiles.THUMBNAIL).read_bytes())


def _export_mesh(
    stack: Path, kind: MeshFormat, output: Path, surface: dict[str, Any], limits: Limits
) -> dict[str, Any]:
    """Make the surface in the sandbox, write it, and give its facts."""
    meta = stackfiles.read_meta(stack)
    wish = {name: value for name, value in surface.items() if name not in ("space", "level")}
    options = SurfaceOptions(_level(surface["level"], meta["value_unit"]), **wish)
    with tempfile.TemporaryDirectory(prefix="trueslice-") as staging:
        size = (stack / stackfiles.VOXELS).stat().st_size
        params = {"volume": str(stack), "options": options.as_json()}
        run_task(Task("surface", params, Path(staging), size), limits)
        with output.open("wb") as file:
            for chunk in mesh_chunks(open_mesh(Path(staging)), kind, Space(surface["space"]), Verdict(meta["verdict"])):
                file.write(chunk)
        facts: dict[str, Any] = json.loads((Path(staging) / FACTS).read_text(encoding="utf-8"))
    print(_words(facts, surface["space"]))
    return {**facts, "space": surface["space"]}


def _level(level: float | None, unit: str | None) -> float:
    """The level that is meant."""
    if level is None and unit != "HU":
        raise BadArgument("A surface needs a level.", "Say one with --level, in the series' own unit.")
    return _BONE_HU if level is None else level


def _words(facts: dict[str, Any], space: str) -> str:
    """What is known of a mesh, in one line."""
    solid = facts["solid"]
    box = " × ".join(f"{extent:.1f}" for extent in solid["box_mm"])
    parts = f"{solid['components']:,} part{'' if solid['components'] == 1 else 's'}"
    tight = "watertight" if solid["watertight"] else "not watertight"
    moved = facts["deviation"]
    thinned = f" · thinned out, 95 % within {moved['p95_mm']:.2f} mm" if moved else ""
    left_out = f" · {facts['islands']:,} parts left out ({facts['islands_ml']:.1f} ml)" if facts["islands"] else ""
    return (
        f"{facts['triangles']:,} triangles · {tight} · {parts} · {solid['volume_ml']:,.1f} ml · "
        f"{solid['area_cm2']:,.1f} cm² · {box} mm · {space.upper()}, mm{left_out}{thinned}"
    )
