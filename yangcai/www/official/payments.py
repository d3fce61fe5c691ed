"""What does a payment order say before the buyer's and the treasury's signatures are under it?"""

from django.utils.translation import gettext as _

from yangcai.contracts.models import PaymentRequest
from yangcai.contracts.payment_paper import is_what_was_paid
from yangcai.www.official import making
from yangcai.www.official.contracts import PAYMENT_RECEIPT


def unsigned(request: PaymentRequest) -> bytes:
    """The paper before its signatures. Raises ValueError when the ledger paid another sum."""
    if not is_what_was_paid(request):
        raise ValueError(f"{request.ref} is not what was paid")
    what = _(
        "采购人审核、国库支付，各以本单位岗位在平台上办理；办理记录在平台留痕中，不可更改。"
        "签署文本的 SHA-256 写入公开日志，持有本凭证的人都可以核对。"
    )
    return making.unsigned(PAYMENT_RECEIPT, request, what=what)


def file_name(request: PaymentRequest) -> str:
    """What the file is called: the serial of its paper."""
    return f"{PAYMENT_RECEIPT.serial(request)}.pdf"
