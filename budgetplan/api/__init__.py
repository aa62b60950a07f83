"""The functions of the package for notebooks: the same path as the command line, without parsing and printing.

Each is reached as `budgetplan.NAME` and imported on first use. They take a scenario, its fields, or both, and return results
that hold numbers in SI units.
"""
