"""Writes the index of all rules and their pages, chartkit/rules/README.md and docs/rules: ``make docs``."""

from __future__ import annotations

from pathlib import Path

from chartkit import rules
from chartkit.rules import policies

if __name__ == "__main__":
    folder = Path(rules.__file__).parent
    every = [*rules.load().values(), *policies.shipped().values()]
    (folder / "README.md").write_text(rules.index(every), "utf-8")
    pages = folder.parent.parent / "docs/rules"
    pages.mkdir(parents=True, exist_ok=True)
    for page in pages.glob("*.md"):
        page.unlink()
    for rule in every:
        (pages / f"{rule.id}.md").write_text(rules.document(rule), "utf-8")
