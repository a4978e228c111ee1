"""Readers of what charts are written in: YAML, Go templates, version ranges."""
