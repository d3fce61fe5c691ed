"""Can a trustee read its share of a bid? Tried before the opening and written down, without giving the share out."""

import datetime
import json

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.sealing.faults import FAULTS
from yangcai.sealing.statement import LARGEST_RELEASE
from yangcai.tendering import share_tests
from yangcai.tendering.models import ShareTest
from yangcai.tendering.rules import share_tests as rules


class TryShares(Input):
    """`results`: JSON, for each bid {"header_sha256", "fault"}; an empty fault says that the share could be read."""

    results = TextField(label=_("试解结果"), lines=4, max_length=LARGEST_RELEASE, strip=False)

    def clean_results(self) -> dict[str, str]:
        try:
            found = {str(one["header_sha256"]): str(one["fault"]) for one in json.loads(self.cleaned_data["results"])}
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise forms.ValidationError(_("不是试解结果"), code="json") from error
        if not found or set(found.values()) - {share_tests.OK, *FAULTS}:
            raise forms.ValidationError(_("不是试解结果"), code="fault")
        return self._of_this_lot(found)

    def _of_this_lot(self, found: dict[str, str]) -> dict[str, str]:
        assert isinstance(self.subject, Lot)
        seat = share_tests.seat_of(self.subject, by=self.by, now=self.now)
        known = (
            set(share_tests.untested(self.subject, seat.trustee).values_list("sealed__header_digest", flat=True))
            if seat is not None
            else set()
        )
        if not known & set(found):
            raise forms.ValidationError(_("没有等待试解的投标文件"), code="none")
        return {digest: fault for digest, fault in found.items() if digest in known}


@action(
    "bid.test_shares",
    zh="试解份额",
    en="Try to read the shares",
    on=Lot,
    by={Role.PLATFORM, Role.TREASURY, Role.AUDITOR},
    at={Stage.SUBMISSION},
    only=(rules.may_test,),
    input=TryShares,
    sentence=("{post}试解了份额", "{post} tried to read its shares"),
    is_public=False,
    secret=True,
    cites=("submission.secrecy", "opening.no_disclosure"),
    hint=(
        "只记录能否解出，不释放份额；不能解出的，投标人收到提示，可以在截止前重新密封",
        "Only whether it can be read: no share is given out; where it cannot, the bidder is told and can seal again",
    ),
)
def test_shares(lot: Lot, *, by: Post, now: datetime.datetime, results: dict[str, str]) -> ShareTest:
    """Kept as rows; the bidders whose shares failed find a task."""
    seat = share_tests.seat_of(lot, by=by, now=now)
    assert seat is not None  # may_test
    kept = share_tests.keep(seat, results, by=by, now=now)
    assert kept is not None  # _of_this_lot
    return kept
