"""The standard's own words: bytes to instances, series, grids and modality values."""
