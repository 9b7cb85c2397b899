"""The endpoints for programs and assistants."""
