"""The nouns of chartkit, as frozen values that flow one way.

A chart under a scenario at a Kubernetes version is a case. Helm makes a render of it, the render
holds manifests, rules make findings of them, and a report is what the user reads.
"""
