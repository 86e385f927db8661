"""Numbers from two neighbour graphs."""
