"""Engines that trade a little recall for speed, and the recall that they reached."""
