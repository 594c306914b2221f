"""Measures: benchmarks now, answer-quality suites next."""
