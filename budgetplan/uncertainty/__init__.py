"""What the uncertainty of a law's coefficients does to a plan: draws, regret, near-optimal region, sensitivity."""
