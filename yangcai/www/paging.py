"""Which page of a long list is shown? Rows are counted only as far as somebody may leaf, however many there are."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator

from yangcai.kernel.inputs import number_of

#: So many rows of a list can be leafed through; who looks for an older one searches.
MOST = 10_000
#: So many hits of a search: each has to be looked at to be counted.
MOST_HITS = 1_000
#: So many pages beyond the one that is shown are counted: who goes on leafing finds the next ones.
AHEAD = 10


class CappedPaginator(Paginator):
    """A paginator over a query whose count stops AHEAD pages beyond the page that is asked for, and at `most`; `is_cut`
    says that there are more."""

    def __init__(self, object_list: Any, per_page: int, *, most: int = MOST):
        super().__init__(object_list, per_page)
        self.query, self.most, self.limit = object_list, most, most

    def get_page(self, number: Any) -> Any:
        """The page of this number; the first for what is no number, the last that is counted for one beyond."""
        wanted = number_of(str(number)) or 1
        self.most = min(self.most, (wanted + AHEAD) * self.per_page)
        return super().get_page(number)

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

    @property
    def is_at_its_end(self) -> bool:
        """Whether the rows that were not counted cannot be leafed to either."""
        return self.is_cut and self.most == self.limit
