"""Trueslice: a zipped DICOM series as linked views, and how far they can be trusted."""

__version__ = "0.1.0"
