"""Special functions and scalar roots that stay accurate where success is near 0 or near 1."""
