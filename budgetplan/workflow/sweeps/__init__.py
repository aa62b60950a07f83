"""Many plans at once: cells of a grid over scenario fields, in batched pieces."""
