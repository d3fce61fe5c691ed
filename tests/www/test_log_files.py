"""Is the public log served as C2SP wants it, and nothing beside it?"""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.kernel.log import world
from tests.tendering.walk import Tender
from yangcai.kernel import leaves, log_files
from yangcai.kernel.encoding import parse_jcs
from yangcai.kernel.tlog import policy, proof, tree
from yangcai.portal.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(settings: Any, tmp_path: Path) -> Path:
    world.use(settings, tmp_path)
    leaves.disclose(leaves=[world.submit(1).id], now=world.NOW)
    world.round_of()
    return log_files.folder()


def fetched(client: Client, name: str) -> tuple[str, str, bytes]:
    answer = client.get(f"/log/{name}")
    assert answer.status_code == 200, name
    return answer["Content-Type"], answer["Cache-Control"], answer.content


def test_files_have_their_types_and_their_caching(client: Client, log: Path) -> None:
    for name in ("checkpoint", "policy"):
        content_type, cache, content = fetched(client, name)
        assert content_type == "text/plain; charset=utf-8" and "max-age=5" in cache
        assert content == (log / name).read_bytes()
    for name in ("tile/0/000.p/8", "tile/entries/000.p/8"):
        content_type, cache, content = fetched(client, name)
        assert content_type == "application/octet-stream" and "immutable" in cache
        assert content == (log / name).read_bytes()
    record = log / "record" / ("ab" * 32)
    log_files.write(record, b"{}")
    assert fetched(client, f"record/{record.name}")[::2] == ("application/json", b"{}")
    for bad in ("record/", "record/ab", f"record/{'AB' * 32}", f"record/../record/{record.name}"):
        assert client.get(f"/log/{bad}").status_code == 404
    content_type, cache, content = fetched(client, "disclosed/000")
    assert content_type.startswith("application/jsonl") and "max-age=5" in cache
    assert content == (log / "disclosed" / "000").read_bytes()


@pytest.mark.parametrize(
    "name",
    ["", "tile/0/000", "tile/0/000.p/7", "tile/0", "tile/0/000.p", "disclosed", "disclosed/../checkpoint", "x",
     "tile/../../keys/log.key", "../keys/log.key", "%2e%2e/keys/log.key", "tile/0/000.p/08", "checkpoint/",
     f"tile/0/{'x123/' * 1500}000", f"tile/0/{'x123/' * 1000}000", f"disclosed/{'x123/' * 1000}000"],
)  # fmt: skip
def test_there_is_nothing_else(client: Client, log: Path, name: str) -> None:
    assert client.get(f"/log/{name}").status_code == 404


def test_the_log_can_only_be_read(client: Client, log: Path) -> None:
    assert client.post("/log/checkpoint").status_code == 405
    assert client.head("/log/checkpoint").status_code == 200


def test_a_notice_takes_its_proof_home(client: Client, settings: Any, tmp_path: Path) -> None:
    """Its line came with it; the digest on the page is the one in the line."""
    world.use(settings, tmp_path)
    Tender().published()
    notice = Notice.objects.get()
    address = reverse("notice_proof", args=[notice.pk])
    waiting = client.get(address)
    assert waiting.status_code == 202 and waiting["Retry-After"] == "10"
    world.round_of()
    answer = client.get(address)
    assert answer["Content-Type"].startswith("text/plain") and ".tlog-proof" in answer["Content-Disposition"]
    found = proof.parse(answer.content)
    trust = policy.parse((log_files.folder() / "policy").read_bytes())
    proof.verify(found, leaf=tree.leaf_hash(found.extra), policy=trust)
    assert found.extra in world.lines(world.head().size)
    body = parse_jcs(found.extra[6:-1])
    assert (body["digest"], body["number"], body["root"]) == (notice.digest, notice.number, notice.root)
    assert address in client.get(reverse("notice", args=[notice.pk])).content.decode()
    assert client.get(reverse("notice_proof", args=[0])).status_code == 404
