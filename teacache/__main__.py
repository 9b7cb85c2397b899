"""`python -m teacache`."""

import sys

from teacache.cli import main
from teacache.platform.process import settle

settle()
sys.exit(main())
