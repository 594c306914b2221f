"""Procedures, their index and the search over it. Imports nothing of ours."""
