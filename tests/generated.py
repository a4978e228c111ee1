"""How many examples Hypothesis makes: few and the same ones at each commit, many and new ones each night.

``make nightly`` chooses the profile ``nightly`` by the variable HYPOTHESIS_PROFILE.
"""

from __future__ import annotations

import os
from typing import Any, Final

from hypothesis import HealthCheck, settings

PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "ci")
NIGHTLY: Final = PROFILE == "nightly"
_FEW: Final = 25


def load_profiles() -> None:
    """Judge examples by what they show, not by how long they take, as many as the profile wants."""
    patient: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("ci", max_examples=_FEW, derandomize=True, **patient)
    settings.register_profile("nightly", max_examples=200, **patient)
    settings.load_profile(PROFILE)


def examples(nightly: int, each_commit: int = _FEW, *, allow: tuple[HealthCheck, ...] = ()) -> settings:
    """So many examples; *allow* are the health checks that are none of the test's concern."""
    number = nightly if NIGHTLY else min(nightly, each_commit)
    return settings(max_examples=number, suppress_health_check=[HealthCheck.too_slow, *allow])
