"""Which official papers are there, who reads one, and how does somebody prove that a printed one is genuine?

A paper is made of frozen facts of a row: page, PDF and (where officials edit it) DOCX are the same content.
"""

from yangcai.www.official.kind import KINDS, Kind
from yangcai.www.official.resolving import Found, resolve

__all__ = ["KINDS", "Found", "Kind", "resolve"]
