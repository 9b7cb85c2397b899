"""The runs of a visit, and quality against latency."""
