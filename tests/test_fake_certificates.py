"""The certificates that the charts are tried with are good, fake, and what the script writes."""

from __future__ import annotations

import importlib.util
import pathlib
import shutil
import ssl
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

CHARTS = pathlib.Path(__file__).parents[1] / "charts"
FILES = {name: CHARTS / name / "ci/certificates.yaml" for name in ("linkerd-control-plane", "linkerd-viz")}
WEBHOOKS = {
    "linkerd-control-plane": {
        "proxyInjector": "linkerd-proxy-injector.linkerd.svc",
        "profileValidator": "linkerd-sp-validator.linkerd.svc",
        "policyValidator": "linkerd-policy-validator.linkerd.svc",
    },
    "linkerd-viz": {"tap": "tap.linkerd-viz.svc", "tapInjector": "tap-injector.linkerd-viz.svc"},
}
ISSUER = "identity.linkerd.cluster.local"
DECADES = 50 * 365 * 24 * 3600

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl command")


def load(file: pathlib.Path) -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(file.read_text())
    return values


def script() -> Any:
    spec = importlib.util.spec_from_file_location("fake_certificates", CHARTS / "fake_certificates.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for it there
    spec.loader.exec_module(module)
    return module


def greet(folder: pathlib.Path, chain: str, key: str, trusted: str, name: str) -> dict[str, Any]:
    """What a TLS client that trusts *trusted* learns of a server *name* with *chain* and *key*.

    Raises ssl.SSLError where the key does not fit, the name is another, or the chain does not hold.
    """
    (folder / "chain.pem").write_text(chain)
    (folder / "key.pem").write_text(key)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "chain.pem", folder / "key.pem")
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    client.load_verify_locations(cadata=trusted)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(back, there, server_hostname=name),
        server.wrap_bio(there, back, server_side=True),
    )
    for _ in range(3):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    learned = ends[0].getpeercert()
    assert learned
    return dict(learned)


def about(certificate: str) -> dict[str, Any]:
    """What is written in an authority's *certificate*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=certificate)
    (found,) = context.get_ca_certs()
    return found


def text_of(values: Any) -> Iterator[str]:
    if isinstance(values, dict):
        for value in values.values():
            yield from text_of(value)
    else:
        yield values


def assert_fake_and_fresh(certificate: dict[str, Any]) -> None:
    assert ("organizationName", "FAKE - for chart tests only") in [one for (one,) in certificate["subject"]]
    assert ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time() > DECADES


def test_the_issuer_is_signed_by_the_anchor_and_its_key_fits(tmp_path: pathlib.Path) -> None:
    values = load(FILES["linkerd-control-plane"])
    anchor, tls = values["identityTrustAnchorsPEM"], values["identity"]["issuer"]["tls"]
    issuer = greet(tmp_path, tls["crtPEM"], tls["keyPEM"], anchor, ISSUER)
    assert (("commonName", ISSUER),) in issuer["subject"]
    for one in (issuer, about(tls["crtPEM"]), about(anchor)):
        assert_fake_and_fresh(one)


@pytest.mark.parametrize(
    ("chart", "key", "name"), [(chart, *item) for chart, keys in WEBHOOKS.items() for item in keys.items()]
)
def test_a_webhook_answers_to_its_name_and_to_no_other(
    chart: str, key: str, name: str, tmp_path: pathlib.Path
) -> None:
    given = load(FILES[chart])[key]
    assert_fake_and_fresh(greet(tmp_path, given["crtPEM"], given["keyPEM"], given["caBundle"], name))
    assert_fake_and_fresh(about(given["caBundle"]))
    with pytest.raises(ssl.SSLCertVerificationError):
        greet(tmp_path, given["crtPEM"], given["keyPEM"], given["caBundle"], "other.linkerd.svc")


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_the_file_says_that_it_is_fake_and_how_it_was_made(file: pathlib.Path) -> None:
    head = "".join(line for line in file.read_text().splitlines(keepends=True) if line.startswith("#"))
    assert file.read_text().startswith(head)
    assert "FAKE" in head
    assert "keys\n# are public" in head
    assert "`python charts/fake_certificates.py`" in head


@needs_openssl
def test_the_script_writes_other_certificates_under_the_same_keys(tmp_path: pathlib.Path) -> None:
    def shape(values: Any) -> Any:
        return {key: shape(value) for key, value in values.items()} if isinstance(values, dict) else ""

    script().write(tmp_path)
    for name, file in FILES.items():
        fresh = load(tmp_path / name / "ci/certificates.yaml")
        assert list(fresh) == list(load(file))
        assert shape(fresh) == shape(load(file))
        assert not set(text_of(fresh)) & set(text_of(load(file)))


@needs_openssl
def test_the_issuer_may_issue_what_the_anchor_vouches_for(tmp_path: pathlib.Path) -> None:
    values = load(FILES["linkerd-control-plane"])
    tls = values["identity"]["issuer"]["tls"]
    made = script()
    proxy = made.make("web.default.svc", "server", made.Certificate(tls["crtPEM"], tls["keyPEM"]))
    chain = proxy.certificate + tls["crtPEM"]
    assert greet(tmp_path, chain, proxy.key, values["identityTrustAnchorsPEM"], "web.default.svc")
