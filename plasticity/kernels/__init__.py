"""The equations: one file per sub-model, nothing but declared functions."""
