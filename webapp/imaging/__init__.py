"""Voxels in patient space: affine, planes, windows, slices and surfaces."""
