"""Sweeps: many points planned, computed in chunks, and kept in a store that survives whatever ends the program."""
