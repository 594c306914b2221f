"""`make bench`: the figures of docs/benchmarks.md, printed by one command with their conditions."""
