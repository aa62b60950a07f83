"""`python -m budgetplan`: the command line without the installed script."""

import sys

from budgetplan.cli import main

sys.exit(main())
