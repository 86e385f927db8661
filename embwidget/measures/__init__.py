"""Numbers from neighbour graphs, vectors and labels; each is explained in docs/numbers.md."""
