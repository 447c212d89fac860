"""What makers of MR scanners call the same thing, with a source for every term."""
