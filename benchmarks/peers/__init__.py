"""Scripts that the peers' own environment runs; nothing of Trueslice is imported here."""
