"""Writes the index of all rules, chartkit/rules/README.md: ``python -m chartkit.rules``."""

from __future__ import annotations

from pathlib import Path

from chartkit import policies, rules

if __name__ == "__main__":
    folder = Path(rules.__file__).parent
    (folder / "README.md").write_text(
        rules.index([*rules.load().values(), *policies.shipped().values()]), "utf-8"
    )
