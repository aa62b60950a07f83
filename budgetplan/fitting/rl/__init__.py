"""Success along RL: the sigmoid and the power law of the error, from noisy curves."""
