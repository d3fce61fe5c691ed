"""Does each organisation say itself where enquiries, objections and complaints go?"""

import pytest

from tests.factories import NOW, make_organisation, make_post
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.refusals import Refused
from yangcai.parties.contact_points import visible_contact_points
from yangcai.parties.models import ContactPoint, Post
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
OFFICE = {"office": "采购办公室", "phone": "0000-0000000"}


def state(by: Post, **data: str) -> ContactPoint:
    point = ACTIONS["contact_point.state"]
    return perform(point, by.organisation, by=by, now=NOW, **{**OFFICE, **data}).value


def test_stating_it_again_replaces_it() -> None:
    officer = make_post(Role.BUYER_OFFICER)
    state(officer, purpose="enquiry")
    state(officer, purpose="enquiry", phone="", email="office@example.org")
    state(officer, purpose="objection")
    found = {point.purpose: (point.phone, point.email) for point in visible_contact_points(None, NOW)}
    assert found == {"enquiry": ("", "office@example.org"), "objection": ("0000-0000000", "")}


@pytest.mark.parametrize(
    ("role", "data", "code"),
    [
        (Role.BUYER_OFFICER, {"purpose": "complaint"}, "not_taken_here"),
        (Role.AGENT, {"purpose": "complaint"}, "not_taken_here"),
        (Role.TREASURY, {"purpose": "objection"}, "not_taken_here"),
        (Role.AGENT, {"purpose": "enquiry", "phone": ""}, "no_way_to_reach"),
        (Role.AGENT, {"purpose": "enquiry", "phone": "请加微信"}, "bad_phone"),
        (Role.AGENT, {"purpose": "enquiry", "email": "no address"}, "invalid_input"),
        (Role.SUPPLIER, {"purpose": "enquiry"}, "role_may_not"),
        (Role.AUDITOR, {"purpose": "enquiry"}, "role_may_not"),
    ],
)
def test_it_is_refused(role: str, data: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as error:
        state(make_post(role), **data)
    assert error.value.codes == {code}


def test_nobody_states_it_for_another() -> None:
    with pytest.raises(Refused) as error:
        other = make_organisation("buyer")
        data = {**OFFICE, "purpose": "enquiry"}
        perform(ACTIONS["contact_point.state"], other, by=make_post(Role.BUYER_OFFICER), now=NOW, **data)
    assert error.value.codes == {"not_yours"}
