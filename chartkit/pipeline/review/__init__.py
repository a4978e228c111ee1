"""The change under review (``--since REF``): which charts it touches, and what they were before.

`chartkit.system.git` says which files have changed; here that becomes charts.
"""

from __future__ import annotations
