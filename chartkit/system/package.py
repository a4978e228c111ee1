"""What this installation of chartkit is: its version, and the schemas that it ships."""

from __future__ import annotations

import pathlib
from typing import Final

__version__: Final = "0.1.0"

CONFIG_FILES: Final = ("chartkit.yaml", "chartkit.yml", ".chartkit.yaml")
"""What configuration files are called, the first before the next."""

PACKAGE: Final = pathlib.Path(__file__).parents[1]
"""The folder of the package's own modules."""


def schemas_folder() -> pathlib.Path:
    """The folder of shipped schemas and policies: inside the wheel, or beside the package in a checkout."""
    shipped = PACKAGE / "schemas"
    return shipped if shipped.is_dir() else PACKAGE.parent / "schemas"
