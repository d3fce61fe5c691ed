"""Does a stranger's browser, with the script of the page alone, find of a draw what the verifier finds?"""

import copy
import json

import pytest
from django.conf import settings
from playwright.sync_api import Page

from tests.tendering import test_vrd
from tests.tendering.judging import ANNOUNCED, hall
from yangcai.kernel import clock
from yangcai.tendering import vrd

CHECK = """async (records) => {
  const { faults } = await import(records.script);
  const codes = async (record) => { try { return await faults(record); } catch { return ["unreadable"]; } };
  return Promise.all(records.all.map(codes));
}"""


@pytest.mark.long
@pytest.mark.browser
def test_the_script_finds_what_the_verifier_finds(page: Page) -> None:
    attacked = [test_vrd.example()]
    for attack, _code in test_vrd.ATTACKS.values():
        attacked.append(copy.deepcopy(test_vrd.example()))
        attack(attacked[-1])
    page.goto("/help/")
    found = page.evaluate(CHECK, {"script": f"{settings.STATIC_URL}www/js/draw.js", "all": attacked})
    assert found[0] == []
    for told, record in zip(found, attacked, strict=True):
        assert set(told) == {fault.code for fault in vrd.faults(record)}


@pytest.mark.long
@pytest.mark.browser
def test_a_stranger_reads_that_the_draw_comes_out(page: Page) -> None:
    h = hall("950000", "1000000", "1100000").ready()
    h.judged({n: {"technical": "40", "record": "10"} for n in range(3)})
    h.awarded()
    h.announced()
    clock.set_sandbox(at=ANNOUNCED)
    page.goto(f"/p/{h.case.pk}/")
    page.get_by_role("link", name="抽取记录").click()
    page.get_by_text("重新计算一致").wait_for()
    sitting = {m.post.person.name for m in h.members}
    assert all(page.get_by_text(name, exact=True).first.is_visible() for name in sitting)
    # A friend's name behind the line of another: whoever reads the page is told.
    with page.expect_download() as download:
        page.get_by_role("link", name="下载记录").click()
    told = json.loads(download.value.path().read_text(encoding="utf-8"))
    told["draws"][0]["opened"][0]["facts"]["name"] = "另一名专家"
    page.route("**/draw.json", lambda route: route.fulfill(json=told))
    page.reload()
    page.get_by_text("重新计算不符").wait_for()
    assert page.get_by_text("公开的内容与名单上的行不符").is_visible()
    assert not page.get_by_text("种子不符").is_visible()
