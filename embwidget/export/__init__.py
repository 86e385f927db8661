"""A session as one file: a page that answers from data in itself, without a kernel or a network."""
