"""Flask routes beside the page: uploads, slices, downloads, comparisons of tags, health and headers."""
