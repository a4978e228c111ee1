"""The two ways to read YAML: as Kubernetes does, and as people write it."""
