"""The page of a sweep: its frontier, the spread of its prompts, and every run with its two videos."""
