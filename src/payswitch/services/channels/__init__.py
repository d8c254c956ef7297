"""Channels: what operators see and change of them, their checks, tests, probes and quality."""
