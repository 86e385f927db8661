"""What the screen asks for, and what it gets."""
