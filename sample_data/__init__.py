"""Sample series: made-up and freely licensed DICOM, and the code that makes them."""
