"""Says what changed between two renders: objects, values in them, and how that reads."""
