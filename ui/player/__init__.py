"""The videos, pictures and sounds of a run, locked side by side."""
