"""Official sources and uploaded files become procedures and text."""
