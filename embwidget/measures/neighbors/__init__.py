"""What two neighbour graphs share, and what chance would give."""
