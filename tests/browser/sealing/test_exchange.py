"""Do Python and the page open what the other sealed by chance, and does the page find every damage?"""

import dataclasses
import io

import pytest
from playwright.sync_api import Page

from tests.browser.sealing.support import asked
from tests.sealing import fixed
from yangcai.kernel import encoding
from yangcai.sealing import statement
from yangcai.sealing.envelope import Envelope, Imprint
from yangcai.sealing.header import Header
from yangcai.sealing.opening import open_envelope
from yangcai.sealing.opening_file import OpeningFile, check_belongs, check_shares
from yangcai.sealing.sealer import Sealer
from yangcai.sealing.suites.i1 import I1

pytestmark = pytest.mark.browser
WORDS = "babab-babab"


def test_python_opens_what_the_page_sealed(desk: Page) -> None:
    """With the page's own chance, its own signing key, and a name that Python did not choose."""
    found = asked(
        desk,
        "exchange.js",
        "seal",
        {
            "policy": fixed.policy().as_dict(),
            "supplier": fixed.SUPPLIER,
            "price": fixed.PRICE,
            "content": "内容" * 9000,
        },
    )
    content, public = encoding.read_base64(found["envelope"]), encoding.read_base64(found["key"])
    header = Envelope(io.BytesIO(content)).header
    file = OpeningFile.parse(encoding.read_base64(found["sbo"]))
    own = file.shares(passphrase=found["passphrase"])
    check_belongs(file, header)
    check_shares(header, own)
    said = statement.parse(encoding.read_base64(found["st"]))
    assert isinstance(said, statement.Submit)
    statement.Message(said, encoding.read_base64(found["sig"])).check(suite=I1, public=public)
    assert said.header_sha256 == header.sha256
    assert found["extractable"] is False
    trustees = {
        x: I1.unwrap(wrapped=header.wraps[x], x=x, core=header.core.content, private=wrap.private)
        for x, (wrap, _sign) in fixed.trustee_keys().items()
    }
    written = io.BytesIO()
    expected = Imprint(said.env_digest, said.env_len)
    of_four = {**own, 2: trustees[2], 5: trustees[5]}
    for shares in (of_four, trustees):
        opened = open_envelope(
            io.BytesIO(content),
            policy=fixed.policy(),
            shares=shares,
            expected=expected,
            sink=lambda _entry: fixed.Kept(written),
        )
        assert opened.price == fixed.PRICE
        assert opened.header.core.recovery == "consent"
    assert written.getvalue().decode() == "内容" * 9000 * 2


class Misdealt(Sealer):
    """Commits to a share that was not dealt."""

    def _header(self) -> Header:
        self.shares[202] = bytes(32)
        return super()._header()


class OtherPrice(Sealer):
    """Seals another price than it commits to."""

    def _header(self) -> Header:
        header = super()._header()
        self.manifest = dataclasses.replace(self.manifest, price=fixed.PRICE | {"days": 31})
        return header


def test_the_page_checks_what_python_sealed_and_finds_every_damage(desk: Page) -> None:
    mine, content = fixed.sealed(label="another")
    found = asked(
        desk,
        "exchange.js",
        "damage",
        {
            "envelope": encoding.base64_of(content),
            "misdealt": encoding.base64_of(fixed.sealed(label="another", kind=Misdealt)[1]),
            "price": encoding.base64_of(fixed.sealed(label="another", kind=OtherPrice)[1]),
            "policy": fixed.policy().as_dict(),
            "key": mine.drawn.key.hex(),
        },
    )
    assert [name for name, told in found.items() if told == "ok"] == ["whole"], found
    assert "not dealt" in found["misdealt"] and "committed" in found["another price"]


def test_a_lock_that_is_too_easily_tried_or_holds_the_page_up_is_not_tried(desk: Page) -> None:
    """The same rounds as in Python (tests/sealing/test_opening_file.py); a key file is read by the same function."""
    mine = fixed.sealer().opening_file(passphrase=WORDS, chance=fixed.chance("lock")).content
    files = {"as it is": encoding.base64_of(mine)}
    for rounds in (1, 599_999, 6_000_001, 4_294_967_295, None):
        content = encoding.parse_jcs(mine)
        content["locks"][0]["iterations"] = rounds
        files[str(rounds)] = encoding.base64_of(encoding.jcs(content))
    found = asked(desk, "exchange.js", "unlocked", {"files": files, "passphrase": WORDS})
    assert found.pop("as it is") == "ok"
    assert set(found.values()) == {"a lock that is too weak, or too slow"}, found
