"""What a sweep computes: axes and designs, the points of a block as arrays, and what is kept of every point."""
