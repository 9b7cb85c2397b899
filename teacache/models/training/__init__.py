"""What the embedded models (Shapes, Scenes) share in their training, their judging and their export."""
