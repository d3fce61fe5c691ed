"""The faceless opening hall (不见面开标大厅): its pages, what they show, and the process that keeps them up to date."""

#: The Actions that belong to the room; the rest is done from the page of the case.
OF_HALL = frozenset(
    {
        "opening.begin",
        "opening.sign_in",
        "opening.remark",
        "opening.suspend",
        "opening.resume",
        "opening.extend",
        "opening.unseal",
        "opening.confirm",
        "opening.object",
        "opening.conclude",
        "bid.release",
        "bid.consent",
        "trustee.release",
    }
)
