"""From a problem to a certified plan: solvers, certificate, baselines, regret."""
