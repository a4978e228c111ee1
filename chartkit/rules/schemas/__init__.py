"""Judges manifests by the schemas of Kubernetes and of the custom resource definitions at hand."""
