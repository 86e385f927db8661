"""Whether a candidate may take the place of the model in use: `gate` and what it finds."""
