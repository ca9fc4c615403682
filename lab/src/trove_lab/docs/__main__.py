"""Write the generated pages into a directory, ``docs`` by default."""

import sys
from pathlib import Path

from trove_lab.docs import PAGES

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
for name, page in PAGES.items():
    (folder / name).write_text(page(), encoding="utf-8")
