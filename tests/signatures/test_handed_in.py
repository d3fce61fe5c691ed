"""Are the signatures of a PDF that came from elsewhere read in a process of its own, with the same findings?"""

from typing import Any

import pytest

from tests.kernel.confining import hoarding
from tests.signatures import papers
from yangcai.kernel import confined, documents
from yangcai.kernel import papers as rows
from yangcai.kernel.signatures import configured, handed_in, verification
from yangcai.kernel.signatures.handed_in import verify_apart
from yangcai.kernel.signatures.verification import BadTrust, verify


@pytest.mark.long
@pytest.mark.parametrize(
    "pdf", [papers.signed(), papers.signed() + b"\n% more\n", papers.signed()[:-7], papers.plain(), b""]
)
def test_it_finds_what_is_found_here(pdf: bytes) -> None:
    assert verify_apart(pdf, trust=papers.roots()) == verify(pdf, trust=papers.roots())


def test_what_is_no_root_is_told_as_here() -> None:
    with pytest.raises(BadTrust):
        verify_apart(papers.signed(), trust=[b"no certificate"])


def test_a_file_that_takes_too_much_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "plainly", hoarding)
    assert verify_apart(b"x", trust=[]).first_fault == "unreadable"


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Any:
    """One that was handed in, and that nobody may read in the process which serves others."""

    def here(*_given: Any, **_trust: Any) -> None:
        raise AssertionError("read in the process that serves others")

    monkeypatch.setattr(verification, "verify", here)
    monkeypatch.setattr(handed_in, "verify", here)
    monkeypatch.setattr(documents, "read", lambda document: document)
    monkeypatch.setattr(configured, "trust", papers.roots)
    return papers.signed()


@pytest.mark.long
def test_what_is_to_be_put_in_its_place_is_read_so(paper: Any) -> None:
    assert list(rows.missing(paper, expected=papers.BOTH)) == []
    assert [one.code for one in rows.missing(paper, expected=papers.BOTH[:1])] == ["signatures_of_others"]


def test_where_no_process_answers_the_paper_is_not_taken(paper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "PATIENCE", 0.01)
    assert [one.code for one in rows.missing(paper, expected=papers.BOTH)] == ["signatures_unverified"]


def test_what_was_sealed_here_is_read_here(paper: Any) -> None:
    handed_in.sealed_here(paper)
    with pytest.raises(AssertionError, match="read in the process"):
        list(rows.missing(paper, expected=papers.BOTH))
    handed_in._SEALED.clear()
