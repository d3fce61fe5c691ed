"""How is a bid sealed so that nobody, the platform's operator included, can read it before it is opened? (SBP/1)

A pure package: no Django, no database, no clock. Chance comes in through one seam (`chance.py`), so that the same bytes
come out for the same chance: the browser's client is held to the same vectors (tests/sealing/vectors).

`policy.py` says who holds shares and when they may be used, `shares.py` deals the key, `suites/` are the algorithms,
`chunked.py` is the stream. `payload.py`, `header.py` and `envelope.py` make the `.sbe` file, `opening_file.py` the
`.sbo` file, `statement.py` what is signed, `receipt.py` what is answered. `sealer.py` is a client's whole work,
`opening.py` the way back, and `faults.py` everything that can be wrong, with whose fault it is.
"""

VERSION = "sbp/1"
