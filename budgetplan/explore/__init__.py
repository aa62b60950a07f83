"""A page on this machine: sliders and choices, and the plan that follows them (extra `explore`)."""
