"""Routes by subject: each parses, calls and renders."""
