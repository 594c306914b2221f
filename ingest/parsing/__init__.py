"""Official text becomes procedures."""
