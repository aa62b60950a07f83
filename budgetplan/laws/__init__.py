"""Scaling laws as pure functions on broadcast arrays, with published coefficients and their sources."""
