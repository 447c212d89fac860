"""Reads every series of a folder with SimpleITK into an array; the folder is the only argument."""

from __future__ import annotations

import sys
from pathlib import Path

import SimpleITK as sitk  # noqa: N813  the library's own short name


def main(root: Path) -> None:
    """Read all there is below a folder."""
    for folder in sorted({path.parent for path in root.rglob("*") if path.is_file()}):
        for series in sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(folder)):
            reader = sitk.ImageSeriesReader()
            reader.SetFileNames(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder), series))
            print(sitk.GetArrayFromImage(reader.Execute()).shape)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
