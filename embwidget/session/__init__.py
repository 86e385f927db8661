"""One comparison being looked at: no traitlets, no host."""
