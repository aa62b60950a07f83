"""What is asked beyond one plan: one file per question."""
