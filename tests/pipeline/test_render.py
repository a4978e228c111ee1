"""What `chartkit render` prints of a render, letter for letter as `helm template` does."""

from __future__ import annotations

import pytest

from chartkit.pipeline.render import Shown, printed

CRD = "---\n# Source: web/crds/x.yaml\nkind: CustomResourceDefinition\n"
PLAIN = "---\n# Source: web/templates/plain.yaml\nkind: ConfigMap\n"
HOOK = "---\n# Source: web/templates/hook.yaml\nmetadata: {annotations: {helm.sh/hook: test}}\n"

HOOKED_CRD = CRD + "metadata: {annotations: {helm.sh/hook: crd-install}}\n"

PRINTED = [
    (HOOKED_CRD, "\n", HOOKED_CRD),
    ("\n", "\n", "\n"),
    (CRD, "\n", CRD),
    ("\n" + HOOK, "\n" + HOOK, "\n" + HOOK),
    (CRD + HOOK, "\n" + HOOK, CRD + HOOK),
    (PLAIN + "metadata: x\n", PLAIN + "metadata: x\n", PLAIN + "metadata: x\n"),
    (CRD + PLAIN + HOOK, PLAIN + HOOK, CRD + PLAIN + HOOK),
]


@pytest.mark.parametrize(("text", "without", "whole"), PRINTED)
def test_where_no_object_stands_before_the_hooks_helm_prints_an_empty_line(
    text: str, without: str, whole: str
) -> None:
    assert printed(text, Shown()) == without
    assert printed(text, Shown(crds=True)) == whole
