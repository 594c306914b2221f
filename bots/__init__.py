"""Front ends: each parses, calls the assistant and renders."""
