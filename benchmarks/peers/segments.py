"""Prints what highdicom makes of one DICOM SEG: of each segment its voxels, their centre and the volume of one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import highdicom
import numpy as np


def main(source: Path) -> None:
    """``{number: {"voxels", "centre_mm" (patient LPS), "voxel_ml"}}``."""
    segmentation = highdicom.seg.segread(source)
    found = {}
    for number in segmentation.segment_numbers:
        volume = segmentation.get_volume(
            segment_numbers=[number], combine_segments=True, relabel=True, allow_missing_positions=True
        )
        marked = np.argwhere(volume.array > 0)
        found[number] = {
            "voxels": len(marked),
            "centre_mm": (volume.affine @ [*marked.mean(axis=0), 1])[:3].tolist(),
            "voxel_ml": float(np.prod(volume.spacing)) / 1000,
        }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
