"""What is on screen, as plain JSON, and what the browser makes of it."""
