"""Bytes of a file into vectors, ids and metadata; knows no space. One file for each format."""
