"""A run, from the press to its last figure: jobs for the model, screens for the page."""
