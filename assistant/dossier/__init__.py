"""A dossier's files to one verdict a requirement; no language model takes part."""
