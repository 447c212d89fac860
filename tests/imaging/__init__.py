"""Tests of what is shown: voxels in patient space, their slices and surfaces."""
