"""This package against its peers on the same work: `python -m benchmarks`."""
