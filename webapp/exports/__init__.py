"""Files for other programs: NIfTI, meshes and tables."""
