"""The tour: lessons that ask, its presenter, its handout, and what it needs besides the run on screen."""
