"""Where does an attack begin? Rows at each point of the chain, made lawfully, with the ids that the attacks name."""

from tests.invariants.worlds.by_bidders import due, handed_in, keys_due, prices_sealed, promised, window_over
from tests.invariants.worlds.contract import awarded, closed, drafted, paid, requested, settled, signed
from tests.invariants.worlds.framework import framework
from tests.invariants.worlds.planning import case, method, plan
from tests.invariants.worlds.prequalification import applied, examined, prequalified
from tests.invariants.worlds.tender import (
    extended,
    failed,
    last_opened,
    late,
    opened,
    overrun,
    published,
    sealed,
    struck,
    talking,
)

WORLDS = {
    world.__name__: world
    for world in (
        plan,
        method,
        case,
        published,
        struck,
        extended,
        failed,
        overrun,
        sealed,
        late,
        handed_in,
        due,
        keys_due,
        window_over,
        prices_sealed,
        promised,
        opened,
        talking,
        last_opened,
        awarded,
        drafted,
        signed,
        requested,
        settled,
        paid,
        closed,
        framework,
        applied,
        examined,
        prequalified,
    )
}
