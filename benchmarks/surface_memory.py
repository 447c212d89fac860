"""Makes a surface at full resolution in a process of its own and prints the memory that took, bytes.

Arguments: the folder of a kept volume, a level. Idle is everything imported and the volume mapped; the pages of the map
that are read count as used.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from webapp import stackfiles
from webapp.imaging.mesh import write_surface
from webapp.imaging.options import SurfaceOptions
from webapp.imaging.solid import solid_facts
from webapp.imaging.surface import Effort, isosurface


def main(folder: Path, level: float) -> None:
    """Make, check and write one surface, as the job does."""
    field = stackfiles.load_volume(folder).field()
    idle = _peak_bytes()
    surface = isosurface(field, SurfaceOptions(level), Effort(os.cpu_count() or 1))
    solid = solid_facts(surface.mesh.vertices, surface.mesh.faces)
    with TemporaryDirectory(prefix="trueslice-bench-") as out:
        write_surface(surface, solid, Path(out))
    print(json.dumps({"above_idle": _peak_bytes() - idle}))


def _peak_bytes() -> int:
    """The most this process has held so far."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
