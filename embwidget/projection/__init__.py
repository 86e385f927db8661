"""Two-dimensional maps of a space, and two of them turned alike."""
