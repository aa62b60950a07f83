"""The command line: parses, asks the floors below, prints. One thin file per command, in `commands`."""

from budgetplan.cli.entry import main

__all__ = ["main"]
