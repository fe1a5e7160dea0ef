"""Benchmarks: `python -m tests.benchmarks` prints tables and writes benchmarks.json; see
`--help`.
"""
