"""Which energy-saving and environmental-label products does a lot ask for? (财库〔2019〕9号)"""

from yangcai.cases.models import Case, Lot
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import remembered
from yangcai.tendering.models import GreenKind, GreenProduct


def products(lot: Lot) -> list[GreenProduct]:
    """Those of the whole document and those of the lot."""
    return [one for one in _products(lot.case) if one.lot_id in (None, lot.pk)]


@remembered
def _products(case: Case) -> list[GreenProduct]:
    return [] if not may_have(case, GreenProduct) else list(GreenProduct.objects.filter(case=case).order_by("pk"))


def mandatory(lot: Lot) -> list[str]:
    """Without a certificate for these a bid is invalid."""
    return [one.product for one in products(lot) if one.kind == GreenKind.MANDATORY]


def preferred(lot: Lot) -> list[str]:
    """With a certificate for these a bid is preferred as the file says."""
    return [one.product for one in products(lot) if one.kind != GreenKind.MANDATORY]
