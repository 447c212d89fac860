"""How fast Trueslice is, as ratios to its peers taken in one run."""
