"""`python -m teacache`."""

import sys

from teacache.cli import main
from teacache.runs.process import settle

settle()
sys.exit(main())
