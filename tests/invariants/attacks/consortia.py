"""Can somebody be put into a consortium by another's word, out of the case by it, or in two of them?"""

from tests.invariants.attacks.sql import Row, copy


def register(leader: str, post: str = "") -> str:
    return (
        "INSERT INTO tendering_consortium (lot_id, leader_id, work, registered_by_id, registered_at)"
        f" VALUES ({{lot}}, {leader}, 'x', {post_of(post or leader)}, now());"
    )


def post_of(organisation: str) -> str:
    return f"(SELECT min(id) FROM parties_post WHERE organisation_id = {organisation})"


def name(member: str, share: str = "0.3", **more: str) -> str:
    columns, values = "".join(f", {key}" for key in more), "".join(f", {value}" for value in more.values())
    return (
        f"INSERT INTO tendering_consortiummember (consortium_id, organisation_id, share, work, decline_reason{columns})"
        f" SELECT max(id), {member}, {share}, 'x', ''{values} FROM tendering_consortium;"
    )


def confirm(by: str) -> str:
    """The member that was named last says yes, by a post of `by`."""
    return (
        f"UPDATE tendering_consortiummember SET confirmed_at = now(), confirmed_by_id = {post_of(by)}"
        " WHERE id = (SELECT max(id) FROM tendering_consortiummember);"
    )


#: In `sealed` two suppliers have bids in the lot; the buyer stands for one that has none.
SECOND = "(SELECT supplier_id FROM tendering_bid WHERE id = {second_bid})"
#: The first supplier leads, and who has no bid is its member; and the other way round.
LED, JOINED = register("{supplier}") + name("{buyer}"), register("{supplier}") + name("{buyer}") + confirm("{buyer}")
LEADS = register("{buyer}") + name("{supplier}")
LATE = "UPDATE kernel_sandboxclock SET at = '2026-03-24T02:00:00Z';"

ROWS: tuple[Row, ...] = (
    ("sealed", "nobody_joins_by_anothers_word", "confirm for a competitor", LEADS + confirm("{buyer}")),
    ("sealed", "nobody_joins_by_anothers_word", "name a competitor as one that has confirmed",
     register("{buyer}") + name("{supplier}", confirmed_at="now()", confirmed_by_id=post_of("{supplier}"))),
    ("sealed", "nobody_joins_by_anothers_word", "register in another's name", register("{supplier}", "{buyer}")),
    ("sealed", "confirmation_has_its_post", "confirmed by nobody",
     LED + "UPDATE tendering_consortiummember SET confirmed_by_id = " + post_of("{buyer}")),
    ("sealed", "member_takes_part_once", "join beside one's own bid", LEADS + confirm("{supplier}")),
    ("sealed", "member_takes_part_once", "join two", JOINED + register(SECOND) + name("{buyer}") + confirm("{buyer}")),
    ("sealed", "member_takes_part_once", "join one and lead another", JOINED + register("{buyer}")),
    ("sealed", "member_takes_part_once", "lead one and join another",
     register("{buyer}") + register("{supplier}") + name("{buyer}") + confirm("{buyer}")),
    ("sealed", "member_takes_part_once", "bid beside one's consortium",
     JOINED + copy("tendering_bid", "{bid}", receipt="'x'", supplier_id="{buyer}")),
    ("sealed", "one_consortium_per_leader", "lead two", register("{supplier}") + register("{supplier}")),
    ("sealed", "one_place_per_member", "name one twice", LED + name("{buyer}")),
    ("sealed", "one_place_per_member", "be one's own member", register("{buyer}") + name("{buyer}")),
    ("sealed", "member_has_a_part", "a member that does nothing", register("{supplier}") + name("{buyer}", "0")),
    ("sealed", "member_has_a_part", "members that leave nothing to the leader",
     register("{supplier}") + name("{buyer}", "0.6") + name(SECOND, "0.4")),
    ("sealed", "consortium_stands_with_its_bid", "leave after the bid", JOINED
     + "UPDATE tendering_consortiummember SET declined_at = now()"),
    ("sealed", "consortium_stands_with_its_bid", "withdraw it after the bid",
     JOINED + "UPDATE tendering_consortium SET withdrawn_at = now()"),
    ("sealed", "consortium_is_never_rewritten", "a larger share than was confirmed",
     JOINED + "UPDATE tendering_consortiummember SET share = 0.4"),
    ("sealed", "consortium_is_never_rewritten", "another member than was named",
     JOINED + "UPDATE tendering_consortiummember SET organisation_id = " + SECOND),
    ("sealed", "consortium_is_never_rewritten", "one more after somebody confirmed", JOINED + name(SECOND)),
    ("sealed", "consortium_is_never_rewritten", "confirm after having left",
     LED + "UPDATE tendering_consortiummember SET declined_at = now();" + confirm("{buyer}")),
    ("sealed", "consortium_is_never_rewritten", "for another lot",
     LED + "UPDATE tendering_consortium SET lot_id = {other_lot}"),
    ("sealed", "steps_are_never_taken_back", "forget that a member left",
     LED + "UPDATE tendering_consortiummember SET declined_at = now();"
     "UPDATE tendering_consortiummember SET declined_at = NULL"),
    ("sealed", "records_are_never_deleted", "lose a member", LED + "DELETE FROM tendering_consortiummember"),
    ("sealed", "records_are_never_deleted", "lose an agreement",
     register("{buyer}") + "DELETE FROM tendering_consortium"),
    ("late", "consortium_forms_before_the_deadline", "agree after the deadline", register("{supplier}")),
    ("sealed", "consortium_forms_before_the_deadline", "confirm after the deadline", LED + LATE + confirm("{buyer}")),
    ("sealed", "consortium_forms_before_the_deadline", "leave after the deadline",
     JOINED + LATE + "UPDATE tendering_consortiummember SET declined_at = now()"),
    ("sealed", "consortium_forms_before_the_deadline", "name one after the deadline", LED + LATE + name(SECOND)),
    ("sealed", "consortium_forms_before_the_deadline", "withdraw it after the deadline",
     register("{buyer}") + LATE + "UPDATE tendering_consortium SET withdrawn_at = now()"),
)  # fmt: skip
