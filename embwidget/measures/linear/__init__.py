"""Measures of vectors up to a linear map."""
