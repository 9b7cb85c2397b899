"""The diagram of how a call is decided."""
