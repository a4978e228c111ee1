"""What Kubernetes versions have and serve, by the schemas that ship."""
