"""Laws of pre-training loss from runs: forms, optimum, intervals, diagnostics, forecasts."""
