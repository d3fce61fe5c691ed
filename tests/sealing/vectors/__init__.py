"""Known answers of SBP/1, for every client: `python -m tests.sealing.vectors` writes them."""
