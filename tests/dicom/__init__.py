"""Tests of what is read: bytes to instances, series, grids and modality values."""
