"""By which doors do programs and browsers seal, hand in and open bids? SBP/1 §2.5, as JSON over HTTP."""
