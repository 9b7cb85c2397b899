"""The page: one file per component, thin wiring over teacache. Knows gradio; contains no method."""
