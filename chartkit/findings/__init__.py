"""From what checks say to findings."""
