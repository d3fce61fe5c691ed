"""Where can one go from here? The menu of each role and the links of the footer, as data.

A page that is to be reached from every page adds one line here: (name of its URL, label).
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yangcai.kernel.wording import in_words
from yangcai.parties.roles import Role
from yangcai.www.formats import titled

Entry = tuple[str, "str | Promise"]

#: What everybody sees who has not signed in.
PUBLIC: tuple[Entry, ...] = (
    ("home", _("首页")),
    ("notices", _("公告")),
    ("halls", _("开标大厅")),
    ("figures", _("统计")),
    ("services", _("办事服务")),
    ("guidance", _("政策与指南")),
    ("law", _("法规规则")),
    ("enquiries", _("咨询")),
    ("data", _("数据开放")),
    ("verify", _("文件验证")),
    ("help", _("帮助")),
)
WORK: Entry = ("work", _("工作台"))
INTENTIONS: Entry = ("work_intentions", pgettext_lazy("menu", "采购意向"))
PLANS: Entry = ("work_plans", pgettext_lazy("menu", "采购计划"))
CASES: Entry = ("work_cases", _("采购项目"))
QUEUE: Entry = ("work_queue", _("审批与备案"))
PAYMENTS: Entry = ("work_payments", _("支付"))
ORGANISATIONS: Entry = ("work_organisations", _("主体"))
EXPERTS: Entry = ("work_experts", _("专家库"))
TRAIL: Entry = ("work_trail", _("审计检索"))
TRUSTEES: Entry = ("work_trustees", pgettext_lazy("menu", "受托人"))
NOTICES: Entry = ("notices", _("公告"))
HALLS: Entry = ("halls", _("开标大厅"))
ENQUIRIES: Entry = ("work_public_enquiries", _("公众询问"))
ARTICLES: Entry = ("work_articles", _("文章管理"))
PEOPLE: Entry = ("work_people", _("人员和岗位"))
VAULT: Entry = ("work_vault", _("资质库"))
OWN: Entry = ("mfa_index", _("账户安全"))
#: Role -> the menu after signing in.
BY_ROLE: dict[str, tuple[Entry, ...]] = {
    Role.BUYER_OFFICER: (WORK, ("work_budget", _("预算")), INTENTIONS, PLANS, CASES, TRUSTEES, ENQUIRIES, NOTICES, OWN),
    Role.BUYER_REVIEWER: (
        WORK,
        ("work_budget", _("预算")),
        INTENTIONS,
        PLANS,
        CASES,
        TRUSTEES,
        ENQUIRIES,
        NOTICES,
        OWN,
    ),
    Role.AGENT: (WORK, CASES, HALLS, TRUSTEES, ENQUIRIES, NOTICES, ("law", _("法规规则")), OWN),
    Role.SUPPLIER: (WORK, ("work_tenders", _("找项目")), ("work_cases", _("我的项目")), VAULT, HALLS, NOTICES, OWN),
    Role.EXPERT: (
        WORK,
        ("work_cases", _("我的评审")),
        ("work_experts", _("我的回避申报")),
        ("law", _("法规规则")),
        OWN,
    ),
    Role.TREASURY: (
        WORK,
        QUEUE,
        ("work_budget", _("预算")),
        INTENTIONS,
        PLANS,
        CASES,
        PAYMENTS,
        ORGANISATIONS,
        EXPERTS,
        TRUSTEES,
        ENQUIRIES,
        ARTICLES,
        NOTICES,
        OWN,
    ),
    Role.TREASURY_PAYER: (WORK, PAYMENTS, ("work_budget", _("预算")), CASES, OWN),
    Role.AUDITOR: (WORK, CASES, ("work_budget", _("预算")), PLANS, PAYMENTS, TRAIL, TRUSTEES, NOTICES, OWN),
    Role.EDITOR: (WORK, ARTICLES, ("guidance", _("政策法规与办事指南")), ("law", _("法规规则")), OWN),
    Role.PLATFORM: (WORK, ("work_ops", _("运行维护")), TRAIL, CASES, ORGANISATIONS, TRUSTEES, NOTICES, OWN),
    Role.ADMINISTRATOR: (WORK, PEOPLE, VAULT, NOTICES, OWN),
}
#: Columns of the footer: title and links.
FOOTER: tuple[tuple["str | Promise", tuple[Entry, ...]], ...] = (
    (
        _("办事"),
        (
            ("account_login", _("登录")),
            ("register", _("供应商登记")),
            ("notices", _("公告")),
            ("services", _("办事服务")),
            ("guidance", _("政策法规与办事指南")),
        ),
    ),
    (
        _("关于"),
        (
            ("law", _("法规规则")),
            ("verify", _("文件验证")),
            ("status", _("运行状态")),
            ("data", _("数据开放")),
            ("api_schema", _("开放数据接口")),
        ),
    ),
    (
        _("咨询与投诉"),
        (
            ("enquiries", _("咨询")),
            ("contacts", _("联系方式：咨询、质疑、投诉")),
            ("help", _("帮助")),
        ),
    ),
)


@dataclass(frozen=True)
class Link:
    """One entry of the menu, as the template shows it."""

    label: str
    url: str
    current: bool = False


def menu(*, role: str | None, path: str) -> list[Link]:
    """The menu of a role (None: the public); the entry with the longest address that `path` begins with is current.
    One of many stands under the word of the many: /work/case/7/ belongs to /work/cases/. Its words are its own: it
    stands above every case alike, whatever the page beneath speaks of."""
    entries = [(reverse(name), label) for name, label in (BY_ROLE.get(role, PUBLIC) if role else PUBLIC)]
    best = max(
        (url for url, _label in entries if path == url or (url != "/" and path.startswith((url, _one_of(url))))),
        key=len,
        default="",
    )
    with in_words(None):
        return [Link(titled(label), url, url == best) for url, label in entries]


def _one_of(url: str) -> str:
    """The address of the pages of the single rows of a list."""
    return f"{url.removesuffix('s/')}/" if url.endswith("s/") else url


def footer(*, is_in: bool = False) -> list[tuple[str, list[Link]]]:
    """The columns at the foot of every page, in the words of none; who is in already (`is_in`) is led to the workbench,
    not to the door."""
    with in_words(None):
        return [(str(title), [_foot(name, label, is_in=is_in) for name, label in links]) for title, links in FOOTER]


def _foot(name: str, label: "str | Promise", *, is_in: bool) -> Link:
    shown, said = WORK if is_in and name == "account_login" else (name, label)
    return Link(str(said), reverse(shown))
