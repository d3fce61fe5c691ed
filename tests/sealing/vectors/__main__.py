"""Write sbp1.json again; a test compares it with what comes out today, so that no byte changes unnoticed."""

from tests.sealing.vectors.make import FILE, text

FILE.write_text(text(), encoding="utf-8")
