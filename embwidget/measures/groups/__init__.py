"""Groups of a neighbour graph, and what becomes of them in the other space."""
