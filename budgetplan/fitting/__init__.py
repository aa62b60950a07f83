"""From runs to a law: fits with intervals, diagnostics and forecasts."""
