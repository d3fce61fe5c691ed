"""Is the public log, and what somebody holds from it, as it should be? By public files alone: no database, no Django.

SBP/1 appendix B: `source` fetches, `log` checks the whole, `receipt`, `document` and `case` one thing in it.
"""
