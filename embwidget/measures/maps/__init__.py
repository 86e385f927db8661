"""How far a two-dimensional map can be believed."""
