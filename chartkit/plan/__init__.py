"""What is to be checked: the configuration, and the charts, scenarios and Kubernetes versions of it."""
