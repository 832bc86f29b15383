"""Figures: a tidy frame in, a matplotlib figure out; one function a figure. The only room of matplotlib."""
