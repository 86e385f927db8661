"""A page on this machine that shows comparisons without Jupyter: what ``embwidget run`` serves."""
