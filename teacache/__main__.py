"""`python -m teacache`."""

import sys

from teacache.cli import main

sys.exit(main())
