"""How well spaces bring items of a label together."""
