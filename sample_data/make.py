"""Make the sample series: ``python -m sample_data.make [--only NAME] [--nilearn DIR]``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sample_data import series
from sample_data.head import Template, build_head, read_template
from sample_data.scan import scan_ct, scan_mr, slice_template
from sample_data.write import Series, Voxels, write_zip

HERE = Path(__file__).parent

Maker = Callable[[], tuple[Series, Voxels]]


def _ct(described: Series, seed: int) -> tuple[Series, Voxels]:
    """Torso series and its voxels."""
    return described, scan_ct(described.grid, seed)


def _mr(described: Series, template: Template, scale: float, seed: int) -> tuple[Series, Voxels]:
    """Head series and its voxels."""
    return described, scan_mr(build_head(template), described.grid, series.MR_THICKNESS, scale, seed)


def _icbm(described: Series, template: Template) -> tuple[Series, Voxels]:
    """Template series and its voxels."""
    return described, slice_template(template, described.grid)


def makers(nilearn: Path | None) -> dict[str, Maker]:
    """Return what can be made: everything, or without the folder of ``nilearn`` the CT series alone."""
    found: dict[str, Maker] = {
        "ct_phantom": partial(_ct, series.ct_phantom(), 1001),
        "ct_phantom_tilt15": partial(_ct, series.ct_phantom_tilt15(), 1002),
    }
    if nilearn is not None:
        template = read_template(nilearn)
        found["mr_vendor_a"] = partial(_mr, series.mr_vendor_a(), template, 460.0, 1003)
        found["mr_vendor_b"] = partial(_mr, series.mr_vendor_b(), template, 250.0, 1004)
        found["mr_icbm152"] = partial(_icbm, series.mr_icbm152(), template)
    return found


def main() -> None:
    """Read the command line and write the zips beside this file, or where ``--into`` says."""
    parser = argparse.ArgumentParser(prog="python -m sample_data.make", description="Make the sample series.")
    parser.add_argument("--only", metavar="NAME", help="make this series alone")
    parser.add_argument("--nilearn", type=Path, metavar="DIR", help="folder of the nilearn package, for the MR series")
    parser.add_argument("--into", type=Path, metavar="DIR", default=HERE, help="folder for the zips")
    arguments = parser.parse_args()
    known = makers(arguments.nilearn)
    wanted = [arguments.only] if arguments.only else list(known)
    for name in wanted:
        if name not in known:
            parser.error(f"cannot make {name!r}; known: {', '.join(known)} (the MR series need --nilearn)")
        path = write_zip_of(known[name], arguments.into)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


def write_zip_of(maker: Maker, folder: Path) -> Path:
    """Make one series and write it."""
    described, voxels = maker()
    return write_zip(described, voxels, folder)


if __name__ == "__main__":
    main()
