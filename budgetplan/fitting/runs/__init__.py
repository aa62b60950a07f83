"""From a table to runs: read, named by role, chosen, checked."""
