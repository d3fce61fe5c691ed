"""Whom did a draw of suppliers choose? Told at once to whoever drew, who has to invite them."""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from yangcai.kernel.actions import SCOPES
from yangcai.parties.models import Post
from yangcai.tendering.models import Invitee, SupplierDraw
from yangcai.www import formats


def facts(made: Any, *, post: Post, now: datetime.datetime) -> list[dict[str, Any]]:
    """Their names in the order of the draw, as a fact of the page; nothing of any other row, nor to somebody who may
    not know them yet (87号令 art. 28: the names of those who took the file stay secret)."""
    if not isinstance(made, SupplierDraw):
        return []
    chosen = SCOPES[Invitee](post, now).filter(case=made.case, is_chosen=True).order_by("drawn_rank")
    names = "、".join(one.supplier.name for one in chosen)
    return [{"label": formats.titled(_("抽中的供应商")), "value": names, "lang": "zh-Hans"}] if names else []
