"""Spaces out of the layers of a model of torch: `collect`, and `layers`, to choose one."""
