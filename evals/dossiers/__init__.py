"""Dossiers as people hand them in, made from nothing, and the suite that judges their check.

`plan` says what is in each dossier and what is wrong with its twins, `draw` and `degrade` make
pages of it, `bundle` files of the pages, `run` has them read and checked, `score` counts.
"""
