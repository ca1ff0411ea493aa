"""`python -m generator`: the `bulletin` command."""

import sys

from generator.cli import main

sys.exit(main())
