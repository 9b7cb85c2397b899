"""Speed and overhead, measured side by side in one run: `make bench`."""
