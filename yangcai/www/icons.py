"""Which drawing stands for a word? The Lucide set, of which every process opens the archive once."""

from functools import cache
from importlib import resources
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

NAMESPACE = "{http://www.w3.org/2000/svg}"
#: As large as the text (base.css), and silent for screen readers: the word beside it speaks.
ATTRIBUTES = {"class": "icon", "aria-hidden": "true", "focusable": "false"}


@cache
def svg(name: str) -> str:
    """The drawing as inline SVG. Raises KeyError for a name that the set does not have."""
    drawing = ElementTree.fromstring(_archive().read(f"{name}.svg"))
    for node in drawing.iter():
        node.tag = node.tag.removeprefix(NAMESPACE)  # inline, it needs none
    drawing.attrib.update(ATTRIBUTES)
    return ElementTree.tostring(drawing, encoding="unicode")


@cache
def _archive() -> ZipFile:
    """The library's own tag reads the list of its two thousand drawings again for each: a tenth of a second."""
    return ZipFile(BytesIO(resources.files("lucide").joinpath("lucide.zip").read_bytes()))
