"""`python -m yangcai` is the yangcai command."""

import sys

from yangcai.cli import main

sys.exit(main())
