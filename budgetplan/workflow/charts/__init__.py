"""Data of every figure, computed from a scenario, a sweep or a fit; `plots` draws it."""
