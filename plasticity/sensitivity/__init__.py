"""What the numbers of a run hang on: indices over whole ranges of factors, and derivatives at one point."""
