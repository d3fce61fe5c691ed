"""How is a text written into a file for a spreadsheet, so that no program computes it?"""

#: What a spreadsheet takes for the beginning of a formula, a blank before it included (CWE-1236).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Without it a spreadsheet takes UTF-8 for something else.
BYTE_ORDER_MARK = "\ufeff"


def harmless(cell: str | None) -> str:
    """A text that begins like a formula gets an apostrophe before it; nothing is an empty cell."""
    text = cell or ""
    return f"'{text}" if text.lstrip(" \u3000\u00a0").startswith(DANGEROUS) or text[:1] in DANGEROUS else text
