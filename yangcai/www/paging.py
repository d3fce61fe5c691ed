"""Which page of a long list is shown? Rows are counted only as far as somebody may leaf, however many there are."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator

#: So many rows of a list can be leafed through; who looks for an older one searches.
MOST = 10_000
#: So many hits of a search: each has to be looked at to be counted.
MOST_HITS = 1_000


class CappedPaginator(Paginator):
    """A paginator over a query whose count stops at `most`; `is_cut` says that there are more."""

    def __init__(self, object_list: Any, per_page: int, *, most: int = MOST):
        super().__init__(object_list, per_page)
        self.query, self.most = object_list, most

    @cached_property
    def _counted(self) -> int:
        """Up to one more than `most`; the order is of no use for counting and would cost a sort."""
        return int(self.query.order_by()[: self.most + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.most)

    @property
    def is_cut(self) -> bool:
        return self._counted > self.most
