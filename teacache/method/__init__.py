"""What TeaCache is: the gate, the trace and the hooks. Knows tensors and diffusers modules, nothing about
prompts, files or pages."""
