"""ZeroGPU without a GPU: the real package `spaces`, with its packing, forks and pickles, on a processor."""
