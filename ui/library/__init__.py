"""Runs that the page can show, what is kept beside them, and traces that visitors bring."""
