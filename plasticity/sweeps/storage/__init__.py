"""Where results are kept: a Zarr store whose every chunk is on the disk and sealed before it counts."""
