"""A study with its results, its program and its surroundings in one package that a stranger can run again."""
