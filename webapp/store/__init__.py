"""What is kept on disk: the catalogue, the received files, the volumes and their tags."""
