"""Ways to draw a map, one file each."""
