"""Models in SBML, the exchange format of systems biology: written from the kernels, and read into the same engine."""
