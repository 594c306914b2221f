"""Question to answer. Words live here, markup in the bots."""
