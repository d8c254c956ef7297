"""Benchmarks with their baselines: always interleaved in one run, always told as a ratio."""
