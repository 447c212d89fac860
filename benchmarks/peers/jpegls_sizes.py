"""Prints as JSON how many bytes lossless JPEG-LS needs for each slice of an .npy file (N, rows, columns) of uint16."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jpeg_ls  # type: ignore[import-not-found]
import numpy as np


def main(path: Path) -> None:
    """Encode every slice."""
    print(json.dumps([len(jpeg_ls.encode_array(pixels)) for pixels in np.load(path, allow_pickle=False)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
