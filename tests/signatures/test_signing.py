"""Does a signed paper bear every signature with its timestamp, as our own reader and Poppler's see it?"""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests import loops
from tests.signatures import papers
from tests.signatures.papers import BUYER, SIGNED, STAMPED, SUPPLIER
from yangcai.kernel.signatures.authority import MARK, DemoAuthority
from yangcai.kernel.signatures.timestamps import Unavailable
from yangcai.kernel.signatures.verification import verify


def test_both_parties_have_signed_in_their_order_with_the_authoritys_time() -> None:
    found = verify(papers.signed(), trust=papers.roots())
    assert found.is_valid and not found.faults
    first, second = found.signatures
    assert (first.name, first.identifier) == (SUPPLIER.name, SUPPLIER.identifier)
    assert (second.name, second.is_last, first.is_last) == (BUYER.name, True, False)
    assert first.signed_at == SIGNED and first.stamped_at == STAMPED and first.reason == "签订采购合同"
    assert first.words[0] == f"{SUPPLIER.name}（{MARK}）：2026-03-10 09:07:09 签名，此后未被改动"
    assert first.words[1].endswith("unchanged since")


def test_it_is_signed_and_verified_also_where_an_event_loop_runs() -> None:
    async def within_a_loop() -> bool:
        return verify(papers.sign(), trust=papers.roots()).is_valid

    assert loops.run(within_a_loop())


def test_every_certificate_of_the_demo_says_so_and_its_keys_are_the_owners_alone() -> None:
    found = verify(papers.signed(), trust=papers.roots())
    assert found.is_demo
    for one in found.signatures:
        assert MARK in one.issuer and MARK in one.stamped_by
    folder = papers.authority().folder
    files = list(folder.iterdir())
    assert len(files) >= 4  # root, stamper, two signers
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_subject_has_one_key_for_ever() -> None:
    again = DemoAuthority(papers.authority().folder)
    assert again.signer(BUYER).certificate == papers.authority().signer(BUYER).certificate
    assert again.signer(BUYER).certificate != again.signer(SUPPLIER).certificate


def test_the_plain_paper_is_the_beginning_of_the_signed_one_and_stays_pdf_a() -> None:
    plain, signed = papers.plain(), papers.signed()
    assert signed.startswith(plain)
    assert b"<pdfaid:part>2</pdfaid:part>" in signed and b"<pdfaid:conformance>B</pdfaid:conformance>" in signed
    widgets = re.findall(rb"/Rect \[[^]]*\][^>]*?/F (\d+)|/F (\d+)[^>]*?/Rect \[", signed[len(plain) :])
    assert all(int(one or other) & 0b100 for one, other in widgets)  # printed, as PDF/A wants every annotation
    assert b"/NeedAppearances true" not in signed


@pytest.mark.parametrize("kind", ["ec", "rsa"])
@pytest.mark.skipif(not shutil.which("pdfsig"), reason="Poppler's programs are not installed")
def test_poppler_finds_the_same_signatures_valid(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(papers.sign(timestamps=papers.stamps(kind=kind)))
    told = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, timeout=60).stdout
    assert told.count("Signature is Valid.") == 2
    assert told.index(SUPPLIER.name) < told.index(BUYER.name)
    assert told.count("ETSI.CAdES.detached") == 2 and told.count("  - Total document signed") == 1
    changed = bytearray(file.read_bytes())
    changed[len(papers.plain()) // 2] ^= 1
    file.write_bytes(changed)
    told = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, timeout=60).stdout
    assert "Signature is Valid." not in told


def test_without_a_stamp_nothing_is_signed() -> None:
    class Down:
        def answer(self, request: bytes) -> bytes:
            raise Unavailable("the authority does not answer")

    with pytest.raises(Unavailable, match="does not answer"):
        papers.sign(timestamps=Down())


def test_a_stamp_of_something_else_or_a_refusal_is_no_stamp() -> None:
    class Wrong:
        def __init__(self, content: bytes):
            self.content = content

        def answer(self, request: bytes) -> bytes:
            return self.content

    for content in (b"", b"<html>", papers.stamps().answer(b"no request")):
        with pytest.raises(Unavailable):
            papers.sign(timestamps=Wrong(content))


def test_the_library_is_not_loaded_by_whoever_does_not_sign() -> None:
    code = (
        "import sys; from yangcai.kernel.signatures import authority, configured, subjects, timestamps, verification;"
        "print([name for name in sys.modules if name.split('.')[0] in ('pyhanko', 'aiohttp', 'asn1crypto')])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60)
    assert told.stdout.strip() == "[]", told.stderr
