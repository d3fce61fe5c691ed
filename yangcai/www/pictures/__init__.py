"""Which pictures can a page show? Each answers one question and says its answer in a sentence."""

from yangcai.www.pictures.bars import progress, stacked, waterfall
from yangcai.www.pictures.flow import sankey
from yangcai.www.pictures.gauge import gauge
from yangcai.www.pictures.picture import Column, Picture, csv_asked
from yangcai.www.pictures.spread import price_strip, spreads

__all__ = [
    "Column",
    "Picture",
    "csv_asked",
    "gauge",
    "price_strip",
    "progress",
    "sankey",
    "spreads",
    "stacked",
    "waterfall",
]
