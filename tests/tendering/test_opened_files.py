"""Do the files of an opened bid lie enciphered, whoever sealed it, and everything else as it came?"""

from pathlib import Path
from typing import Any

import pytest

import yangcai
from tests.tendering.sealing_walk import SealedTender, three
from tests.tendering.walk import Tender
from yangcai.kernel import at_rest, documents
from yangcai.kernel.inputs import PrivateFile
from yangcai.kernel.models import Attachment, Document
from yangcai.tendering import opened_files, unsealing
from yangcai.tendering.models import Bid, BidClosing, OpenedBid

pytestmark = pytest.mark.django_db
CANARY = "投标文件的内容，只给评审委员会".encode() * 2000


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    """A store and keys of its own."""
    settings.YANGCAI_HOME, settings.YANGCAI_FILES = tmp_path, tmp_path / "files"
    return tmp_path


def lies_enciphered(document: Document) -> bool:
    with documents.path_of(document.digest).open("rb") as file:
        return at_rest.is_enciphered(file)


def is_told(home: Path) -> bool:
    """Whether a piece of the canary lies anywhere in the clear."""
    files = [path for path in home.rglob("*") if path.is_file()]
    return any(CANARY[:48] in path.read_bytes() for path in files)


def check(home: Path) -> None:
    """One bid lies open with its file: it is read, the disk does not tell it, and nothing else is enciphered."""
    attached = Attachment.objects.select_related("document").get(kind="bid")
    assert documents.read(attached.document) == CANARY and not is_told(home)
    assert {one.pk for one in Document.objects.all() if lies_enciphered(one)} == {attached.document_id}
    assert OpenedBid.objects.get(files=attached.document).ref == attached.subject


def test_of_a_bid_that_the_platform_sealed(home: Path) -> None:
    tender = Tender().published()
    paper = PrivateFile("投标文件.txt", "text/plain", CANARY)
    tender.bid(tender.supplier(), price="900000", attachments=[paper])
    tender.bids("910000", "880000")
    assert len(tender.open()) == 3
    check(home)


def test_of_a_bid_that_its_bidder_sealed(home: Path) -> None:
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(3)]
    for device in devices:
        tender.hand_in(device, files={"投标文件.txt": CANARY} if device is devices[1] else {})
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    assert OpenedBid.objects.count() == 3
    check(home)


def test_without_a_key_to_wrap_by_an_opening_waits_and_blames_no_bid(home: Path, settings: Any) -> None:
    """Not a bid is out, nothing is half done; when the key is there again, all are opened."""
    tender = SealedTender().announced()
    devices = three(tender, files={"投标文件.txt": CANARY})
    tender.begin()
    for device in devices:
        tender.release(device)
    settings.YANGCAI_FILE_KEYS = "nowhere:keys"
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    bid = Bid.objects.select_related("sealed__upload__policy").order_by("pk")[0]
    with pytest.raises(unsealing.Waits, match="密钥暂时不可用"):
        unsealing.unseal(bid, BidClosing.objects.get(), now=tender.now)
    assert not OpenedBid.objects.exists() and not Bid.objects.exclude(damage="").exists()
    settings.YANGCAI_FILE_KEYS = ""
    tender.unseal()
    assert OpenedBid.objects.count() == 3 and not is_told(home)


def test_nor_does_the_platforms_own_opening_go_half_way(home: Path, settings: Any) -> None:
    tender = Tender().published()
    paper = PrivateFile("投标文件.txt", "text/plain", CANARY)
    for price in ("900000", "910000", "880000"):
        tender.bid(tender.supplier(), price=price, attachments=[paper])
    settings.YANGCAI_FILE_KEYS = "nowhere:keys"
    with pytest.raises(documents.StoreDown):
        tender.open()
    assert not OpenedBid.objects.exists() and not Bid.objects.exclude(damage="").exists()
    settings.YANGCAI_FILE_KEYS = ""
    assert len(tender.open()) == 3


def test_it_is_decided_in_one_place() -> None:
    package = Path(yangcai.__file__).parent
    calling = [path for path in package.rglob("*.py") if "store_enciphered(" in path.read_text(encoding="utf-8")]
    assert {path.resolve() for path in calling} == {Path(one.__file__).resolve() for one in (documents, opened_files)}
