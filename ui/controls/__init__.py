"""The left column: what to run and how, as a form and as components."""
