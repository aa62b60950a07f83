"""From a fit to a law file."""
