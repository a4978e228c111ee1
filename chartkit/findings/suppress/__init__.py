"""Findings that somebody accepted, with a reason: where people say so, and what it does.

* an annotation ``ignore.chartkit.dev/RULE: REASON`` on the object
* a template comment ``{{- /* chartkit:ignore RULE REASON */ -}}``: above everything that a file prints, for
  the file; above everything that a document prints, for the document; elsewhere for the next line that is
  neither blank nor a comment and what is nested below it, by indentation or up to its ``{{ end }}``
* a comment ``# chartkit:ignore RULE REASON`` in YAML that is no template, for its line, or for the
  next one where it stands alone
* an entry of ``ignore:`` in the configuration

A suppression without a reason does nothing but be a finding; so are those that suppress nothing and
those of rules that do not exist.
"""

from __future__ import annotations

from chartkit.findings.suppress.reading import in_config, in_files, in_objects, in_template, in_yaml
from chartkit.findings.suppress.suppression import Suppression, apply

__all__ = ["Suppression", "apply", "in_config", "in_files", "in_objects", "in_template", "in_yaml"]
