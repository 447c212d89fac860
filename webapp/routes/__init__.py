"""Flask routes beside the page: uploads, slices, downloads, health and headers."""
