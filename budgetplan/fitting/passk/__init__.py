"""Coverage from counts of right answers: how unequal problems are, and its power law."""
