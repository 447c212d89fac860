"""Makes a surface with VTK: flying edges, and quadric decimation to a number of triangles unless that is 0.

Arguments: an array (.npy), a level, the number of triangles. Prints seconds, CPU seconds and triangles; reading does
not count.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter, process_time

import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk


def main(path: str, level: float, triangles: int) -> None:
    """Make one surface on one thread."""
    values = np.ascontiguousarray(np.load(path))
    vtk.vtkSMPTools.Initialize(1)
    image = vtk.vtkImageData()
    image.SetDimensions(values.shape[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(values.reshape(-1), deep=0))
    start, cpu = perf_counter(), process_time()
    edges = vtk.vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, level)
    edges.ComputeNormalsOff()
    edges.ComputeGradientsOff()
    edges.ComputeScalarsOff()
    edges.Update()
    mesh = edges.GetOutput()
    if triangles and mesh.GetNumberOfPolys() > triangles:
        thinned = vtk.vtkQuadricDecimation()
        thinned.SetInputData(mesh)
        thinned.SetTargetReduction(1 - triangles / mesh.GetNumberOfPolys())
        thinned.Update()
        mesh = thinned.GetOutput()
    seconds = {"seconds": perf_counter() - start, "cpu": process_time() - cpu}
    print(json.dumps({**seconds, "triangles": mesh.GetNumberOfPolys()}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
