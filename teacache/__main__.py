"""`python -m teacache`."""

import sys

from teacache.cli import main
from teacache.runs import heap

heap.keep()
sys.exit(main())
