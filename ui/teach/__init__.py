"""What teaches: facts for the tour, previews of steps, the damage map, the state in a link. No method."""
