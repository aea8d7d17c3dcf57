"""Serving the explorer: on this machine only unless told otherwise, until Ctrl-C."""
