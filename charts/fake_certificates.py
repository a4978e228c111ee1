"""Writes the certificates that the charts are tried with: ``python charts/fake_certificates.py``.

The charts of the control plane and of viz do not render without certificates. These are fake:
their private keys lie in the repository for all to see, and their subjects say so. They are values
of a chart each, ``ci/certificates.yaml``, and hold for the hundred years from 2025 on.

It needs Python and the ``openssl`` command, which Linux and macOS have (LibreSSL's will do), and no
package. Each run makes new keys.
"""

from __future__ import annotations

import pathlib
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

CHARTS: Final = pathlib.Path(__file__).parent
FAKE: Final = "FAKE - for chart tests only"
FIRST: Final = "20250101000000Z"
LAST: Final = "21250101000000Z"
HEAD: Final = """\
# FAKE certificates, for trying this chart and for nothing else: their private keys
# are public, so whoever reads this can be whoever they name. Never install them.
# Made by `python charts/fake_certificates.py`; run it again for new ones.
"""
CONFIG: Final = """\
[req]
distinguished_name = subject
[subject]
[ca]
default_ca = authority
[authority]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = names
[names]
organizationName = supplied
commonName = supplied
[anchor]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[issuer]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, digitalSignature, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:{name}
[server]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:{name}
"""


@dataclass(frozen=True)
class Certificate:
    """A certificate and its private key, as PEM."""

    certificate: str
    key: str


def make(name: str, extensions: str, signer: Certificate | None = None) -> Certificate:
    """A new certificate for *name* with the *extensions* of that section; without a *signer*, its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / "openssl.cnf").write_text(CONFIG.format(name=name))
        (folder / "index.txt").touch()
        (folder / "serial").write_text(f"01{secrets.token_hex(8)}\n")
        _openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key.pem")
        subject = ("-subj", f"/O={FAKE}/CN={name}", "-key", "key.pem")
        _openssl(folder, "req", "-new", "-config", "openssl.cnf", *subject, "-out", "request.pem")
        signing: tuple[str, ...] = ("-selfsign", "-keyfile", "key.pem")
        if signer is not None:
            (folder / "ca.pem").write_text(signer.certificate)
            (folder / "ca-key.pem").write_text(signer.key)
            signing = ("-cert", "ca.pem", "-keyfile", "ca-key.pem")
        made = ("-in", "request.pem", "-extensions", extensions, "-out", "certificate.pem")
        dates = ("-startdate", FIRST, "-enddate", LAST)
        _openssl(folder, "ca", "-batch", "-notext", "-config", "openssl.cnf", *dates, *signing, *made)
        return Certificate((folder / "certificate.pem").read_text(), (folder / "key.pem").read_text())


def _openssl(folder: pathlib.Path, *arguments: str) -> None:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"openssl {arguments[0]} failed:\n{done.stderr}")


def control_plane() -> dict[str, Any]:
    """The trust anchor, the issuer that it signed, and what the API server calls."""
    anchor = make("root.linkerd.cluster.local", "anchor")
    issuer = make("identity.linkerd.cluster.local", "issuer", anchor)
    webhooks = make("webhooks.linkerd.svc", "anchor")
    return {
        "identityTrustAnchorsPEM": anchor.certificate,
        "identity": {"issuer": {"tls": {"crtPEM": issuer.certificate, "keyPEM": issuer.key}}},
        "proxyInjector": _server("linkerd-proxy-injector.linkerd.svc", webhooks),
        "profileValidator": _server("linkerd-sp-validator.linkerd.svc", webhooks),
        "policyValidator": _server("linkerd-policy-validator.linkerd.svc", webhooks),
    }


def viz() -> dict[str, Any]:
    """What the API server calls of viz."""
    authority = make("webhooks.linkerd-viz.svc", "anchor")
    return {
        "tap": _server("tap.linkerd-viz.svc", authority),
        "tapInjector": _server("tap-injector.linkerd-viz.svc", authority),
    }


def _server(name: str, authority: Certificate) -> dict[str, Any]:
    made = make(name, "server", authority)
    return {"crtPEM": made.certificate, "keyPEM": made.key, "caBundle": authority.certificate}


def as_yaml(values: dict[str, Any], indent: str = "") -> Iterator[str]:
    """The lines of *values*, of which all text is PEM."""
    for key, value in values.items():
        yield f"{indent}{key}:{'' if isinstance(value, dict) else ' |'}"
        below = f"{indent}  "
        if isinstance(value, dict):
            yield from as_yaml(value, below)
        else:
            yield from (below + line for line in value.splitlines())


def write(charts: pathlib.Path = CHARTS) -> None:
    """Write ``ci/certificates.yaml`` of both charts below *charts*, and say so."""
    for chart, values in (("linkerd-control-plane", control_plane()), ("linkerd-viz", viz())):
        file = charts / chart / "ci" / "certificates.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HEAD + "\n".join(as_yaml(values)) + "\n")
        print(f"wrote {file}")  # noqa: T201


if __name__ == "__main__":
    write()
