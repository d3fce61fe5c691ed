"""What has a supplier done for its bid, what is still to do, and why can something not begin yet? A list of tasks."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yangcai import procedures
from yangcai.cases import periods
from yangcai.cases.models import Case, Lot
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import consortia, policies, reconfirming
from yangcai.tendering.models import SBP, BidSecurity, Correction, Participation, SigningKey
from yangcai.tendering.preflight import own_limit
from yangcai.tendering.queries.hall import has_hall
from yangcai.tendering.rules.bids import covers_of, live_bids
from yangcai.tendering.solicitations import solicitation
from yangcai.www import formats, wording
from yangcai.www.access import page
from yangcai.www.work import places
from yangcai.www.work.offers import MADE_THERE

#: By what a bid is handed in: sealed by the bidder's own device, or by the platform.
BY_DEVICE, BY_PLATFORM = "bid.upload", "bid.submit"


@dataclass(frozen=True)
class Task:
    """One line of the list: a word with a mark says where it stands; without an address it cannot begin, and why."""

    title: str
    status: str
    tone: str
    hint: str = ""
    url: str = ""
    refusals: list[Refusal] = field(default_factory=list)
    #: What the browser alone knows: it writes its word over that of the server.
    local: str = ""

    @property
    def is_done(self) -> bool:
        return self.tone == "done"


class Bidding:
    """One supplier and one lot at one time."""

    def __init__(self, lot: Lot, post: Post, *, now: datetime.datetime):
        self.lot, self.post, self.now = lot, post, now
        self.case: Case = lot.case
        self.is_sealed_here = bool(policies.all_in_force(lot, round=policies.BID))
        self.action = ACTIONS[BY_DEVICE if self.is_sealed_here else BY_PLATFORM]
        self.closes_at = periods.closing_at(self.case)
        self.documents = Participation.objects.filter(case=self.case, supplier_id=post.organisation_id).first()
        self.bid = (
            live_bids(lot=lot, supplier=post.organisation_id).select_related("sealed__upload", "sealed__leaf").first()
        )
        found = can(self.action, lot, by=post, now=now)
        self.refusals = [one for one in found if (self.action.code, one.code) not in MADE_THERE]

    # --- what comes first --------------------------------------------------------------------------------------------

    def preparing(self) -> Iterator[Task]:
        yield self._documents()
        yield from self._corrections()
        yield Task(
            _("环境自检"),
            _("还没有自检"),
            "info",
            hint=_("浏览器、时钟、网速和试密封，约 1 分钟"),
            url=reverse("work_environment"),
            local="environment",
        )
        if self.is_sealed_here:
            yield self._key()
        yield from self._consortium()
        yield from self._security()

    def _documents(self) -> Task:
        title = _("获取本项目采购文件")
        if self.documents is not None:
            at = _("%(at)s 获取") % {"at": formats.moment(self.documents.obtained_at)}
            return Task(title, _("已完成"), "done", hint=at, url=places.page_of(self.case))
        obtain = ACTIONS["documents.obtain"]
        refusals = can(obtain, self.case, by=self.post, now=self.now)
        if refusals:
            return Task(title, _("尚不能开始"), "mute", refusals=refusals)
        said = _("免费；开标前没有人知道贵单位获取了文件")
        return Task(title, _("可以办理"), "info", hint=said, url=places.form_of(obtain, self.case))

    def _corrections(self) -> Iterator[Task]:
        count = Correction.objects.filter(case=self.case).count()
        if not count or self.documents is None:
            return
        open_ones = tasks.of_post(self.post).filter(root=self.case.ref, action="correction.acknowledge")
        first = open_ones.first()
        said = _("共 %(n)d 次更正") % {"n": count}
        if first is None:
            yield Task(_("确认收到更正"), _("已完成"), "done", hint=said, url=places.page_of(self.case))
        else:
            word = _("%(n)d 次待确认") % {"n": open_ones.count()}
            url = places.place_of_task(first.action, first.subject)
            yield Task(_("确认收到更正"), word, "warn", hint=said, url=url)

    def _key(self) -> Task:
        known = SigningKey.objects.filter(post=self.post, revoked_at__isnull=True).exists()
        said = _("在密封页上由本机生成，私钥不离开本机")
        status, tone = (_("已完成"), "done") if known else (_("可以办理"), "info")
        return Task(_("登记签名密钥"), status, tone, hint=said, url=self._place if self._may_begin else "")

    def _consortium(self) -> Iterator[Task]:
        """Where consortia are accepted: what was registered and who has confirmed it; who bids alone leaves it."""
        file, title = solicitation(self.case), _("联合协议")
        if file is None or not file.accepts_consortium:
            return
        here, member = places.page_of(self.case), consortia.joined(self.lot, self.post.organisation)
        if member is not None:
            led = format_html(_("牵头人：{}"), _written(member.consortium.leader.name))
            yield Task(title, _("已确认"), "done", hint=led, url=here)
            return
        agreed = consortia.live(self.lot, self.post.organisation)
        if agreed is None:
            register = ACTIONS["consortium.register"]
            said = _("单独投标的不需要；组成联合体的先登记，由各成员在平台确认")
            if refusals := can(register, self.lot, by=self.post, now=self.now):
                yield Task(title, _("尚不能开始"), "mute", hint=said, refusals=refusals)
            else:
                yield Task(title, _("可选"), "info", hint=said, url=places.form_of(register, self.lot))
            return
        members = list(agreed.members.all())
        told = format_html_join(" · ", "{} {}", ((_written(one.organisation.name), one.answer) for one in members))
        waiting = sum(one.confirmed_at is None for one in members)
        if any(one.declined_at is not None for one in members):
            yield Task(title, _("有成员不参加"), "bad", hint=told, url=here)
        elif waiting:
            yield Task(title, _("%(n)d 家待确认") % {"n": waiting}, "warn", hint=told, url=here)
        else:
            yield Task(title, _("已全部确认"), "done", hint=told, url=here)

    def _security(self) -> Iterator[Task]:
        file = solicitation(self.case)
        if file is None or not file.bid_security:
            return
        amount = formats.yuan(file.bid_security)
        came = BidSecurity.objects.filter(case=self.case, supplier_id=self.post.organisation_id).first()
        if came is not None:
            at = _("%(sum)s，%(at)s 到账") % {"sum": amount, "at": formats.moment(came.received_at)}
            yield Task(_("投标保证金"), _("已完成"), "done", hint=at)
        else:
            said = _("%(sum)s，截止前到账；由代理机构登记") % {"sum": amount}
            yield Task(_("投标保证金"), _("等待到账"), "warn", hint=said)

    # --- the bid -----------------------------------------------------------------------------------------------------

    @property
    def _place(self) -> str:
        return places.form_of(self.action, self.lot)

    @property
    def _may_begin(self) -> bool:
        return not self.refusals

    def _reconfirmation(self) -> Iterator[Task]:
        """Of a bid that is older than a correction: whether it was confirmed since. It says nothing against the bid."""
        corrections = reconfirming.substantive(self.case) if self.bid is not None else []
        if not corrections or self.bid.received_at >= corrections[-1].at:
            return
        title, waits = _("更正后确认原投标文件"), reconfirming.first_owed(covers_of(self.bid).order_by("pk"))
        if waits is None:
            yield Task(title, _("已完成"), "done", hint=_("已对第 %(n)d 次更正确认") % {"n": corrections[-1].number})
            return
        bid, correction = waits
        word = _("早于第 %(n)d 次更正") % {"n": correction.number}
        said = _("已递交的仍然有效；不修改的请确认，须修改的在截止前替换")
        reconfirm = ACTIONS["bid.reconfirm"]
        if can(reconfirm, bid, by=self.post, now=self.now):
            yield Task(title, word, "mute", hint=_("已递交的仍然有效，照常开启"))
        else:
            yield Task(title, word, "warn", hint=said, url=places.form_of(reconfirm, bid))

    def writing(self) -> Iterator[Task]:
        draft = f"{self.post.person_id}/{self.post.pk}/{self.lot.pk}"
        if self.bid is not None:
            said = _("截止前可以替换，以最后一次为准")
            url = self._place if self._may_begin else ""
            yield Task(_("投标文件和报价"), _("已完成"), "done", hint=said, url=url)
            yield from self._reconfirmation()
        elif self._may_begin:
            said = _("填写的内容只存在本机浏览器，递交前不离开这台设备")
            own = own_limit(self.lot, self.post.organisation)
            if own is not None:
                said = _("贵单位最高限价 %(sum)s；") % {"sum": formats.yuan(own)} + said
            yield Task(_("投标文件和报价"), _("可以办理"), "info", hint=said, url=self._place, local=f"draft:{draft}")
        else:
            yield Task(_("投标文件和报价"), _("尚不能开始"), "mute", refusals=self.refusals)
        said = _("填写时在同一页预检：形式规则、算术、大写、最高限价；不递交，也不保存")
        if self.is_sealed_here:
            said = _("按下“密封”时由本机核对：必填项、算术、最高限价；平台看不到内容")
        status, tone = (_("随时可做"), "info") if self._may_begin else (_("尚不能开始"), "mute")
        yield Task(_("预检"), status, tone, hint=said, url=self._place if self._may_begin else "")

    def handing_in(self) -> Iterator[Task]:
        title = _("密封、试开、上传并递交") if self.is_sealed_here else _("密封并递交")
        if self.bid is not None:
            at = _("%(at)s 收到，第 %(n)d 版") % {"at": formats.moment(self.bid.received_at), "n": self.bid.revision}
            yield Task(title, _("已完成"), "done", hint=at, url=self._place if self._may_begin else "")
            yield Task(_("递交回执"), _("已完成"), "done", hint=self.bid.receipt, url=self._receipt())
            yield from self._proof()
        else:
            status, tone = (_("可以办理"), "info") if self._may_begin else (_("尚不能开始"), "mute")
            said = _("先填写投标文件和报价，在同一页递交") if self._may_begin else ""
            yield Task(title, status, tone, hint=said, url=self._place if self._may_begin else "")
            yield Task(_("递交回执"), _("尚不能开始"), "mute", hint=_("递交以后出具，载明时间、版本和摘要"))
        yield from self._opening()

    def _receipt(self) -> str:
        if self.bid.seal_scheme == SBP:
            return reverse("sbp_receipt", kwargs={"sid": self.bid.sealed.upload.sid})
        return places.page_of(self.case)

    def _proof(self) -> Iterator[Task]:
        """Of what was sealed here: that its line stands in the public log, to be kept beside the receipt."""
        if self.bid is None or self.bid.seal_scheme != SBP:
            return
        title, said = _("公开日志证明"), _("与回执一起保存，可在文件验证页核对")
        if self.bid.sealed.leaf.index is None:
            yield Task(title, _("等待并入日志"), "info", hint=_("通常不超过一分钟"))
        else:
            url = reverse("sbp_proof", kwargs={"sid": self.bid.sealed.upload.sid})
            yield Task(title, _("已完成"), "done", hint=said, url=url)

    def _opening(self) -> Iterator[Task]:
        if self.closes_at is None:
            return
        at = _("开标 %(at)s") % {"at": formats.moment(self.closes_at)}
        is_open = has_hall(self.case, self.post, now=self.now)
        url = reverse("hall", args=[self.case.pk]) if is_open else ""
        word, tone = (_("进入大厅"), "info") if is_open else (_("尚不能开始"), "mute")
        yield Task(_("参加开标"), word, tone, hint=at, url=url)


def _written(name: str) -> SafeString:
    """A name as the register has it, in whatever language the page is."""
    return format_html('<span lang="zh-Hans">{}</span>', name)


@page(by={Role.SUPPLIER})
def bid_tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """The list for one lot; 404 where nothing is bid for."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    lot: Lot = places.row("lot", pk, post=post, now=now)
    wording.speak_of(lot)
    if lot.case.published_at is None or not procedures.get(lot.case.procedure).takes_bids:
        raise Http404
    bidding = Bidding(lot, post, now=now)
    groups = [
        (_("1 准备"), list(bidding.preparing())),
        (_("2 编制"), list(bidding.writing())),
        (_("3 递交"), list(bidding.handing_in())),
    ]
    every = [task for _title, found in groups for task in found]
    file = solicitation(lot.case)
    context: dict[str, Any] = {
        "lot": lot,
        "case": lot.case,
        "kicker": [lot.case.number, _("采购包 %(number)s") % {"number": lot.number}],
        "groups": groups,
        "done": sum(task.is_done for task in every),
        "all": len(every),
        "closes_at": bidding.closes_at if bidding.closes_at and now < bidding.closes_at else None,
        "security": file.bid_security if file else None,
        "is_sealed_here": bidding.is_sealed_here,
        "lots": lot.case.lots.order_by("number"),
        "now": now,
    }
    return render(request, "work/bid_tasks.html", context)
