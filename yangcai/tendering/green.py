"""Which energy-saving and environmental-label products does a lot ask for? (财库〔2019〕9号)"""

from yangcai.cases.models import Lot
from yangcai.kernel.reading import remembered
from yangcai.tendering.models import GreenKind, GreenProduct


@remembered
def products(lot: Lot) -> list[GreenProduct]:
    """Those of the whole document and those of the lot."""
    found = GreenProduct.objects.filter(case_id=lot.case_id).order_by("pk")
    return [one for one in found if one.lot_id in (None, lot.pk)]


def mandatory(lot: Lot) -> list[str]:
    """Without a certificate for these a bid is invalid."""
    return [one.product for one in products(lot) if one.kind == GreenKind.MANDATORY]


def preferred(lot: Lot) -> list[str]:
    """With a certificate for these a bid is preferred as the file says."""
    return [one.product for one in products(lot) if one.kind != GreenKind.MANDATORY]
