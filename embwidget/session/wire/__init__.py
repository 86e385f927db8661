"""How things travel to the screen."""
