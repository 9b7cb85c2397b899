"""The one place that knows Gradio's insides, as of the version that requirements.txt pins."""
