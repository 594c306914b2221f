"""Measures: cases and suites with their metrics, rendered dossiers, benchmarks."""
