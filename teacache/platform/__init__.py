"""What a program settles with its system: memory, threads and waiting. Knows no model and no run."""
