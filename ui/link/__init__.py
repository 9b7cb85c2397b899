"""A page in an address: what it holds, and how it is opened again."""
