"""Writes what highdicom makes of one multi-frame file; the arguments are the file and the ``.npz`` to write."""

from __future__ import annotations

import sys
from pathlib import Path

import highdicom
import numpy as np


def main(source: Path, target: Path) -> None:
    """The array and the map from its indices to patient LPS, mm."""
    volume = highdicom.imread(source).get_volume(dtype=np.float64)
    np.savez(target, array=volume.array, affine=volume.affine)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
