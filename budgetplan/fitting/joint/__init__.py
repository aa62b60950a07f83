"""The joint law from tables with params, pre-training tokens, RL tokens and samples: candidates, choice, forecasts, law file."""
