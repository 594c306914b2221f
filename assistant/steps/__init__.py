"""The steps of a turn, one file each; pipeline.py lists them in order."""
