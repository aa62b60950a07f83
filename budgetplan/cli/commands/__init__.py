"""One thin file per command; `budgetplan.cli.app.COMMANDS` lists them."""
