"""What stands in the document before anything else has begun."""
