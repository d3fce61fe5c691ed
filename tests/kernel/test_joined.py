"""Does a row that is read by a statement of our own become what a queryset makes of it?"""

import datetime
from typing import Any

import pytest
from django.db import connection, models

from tests.factories import make_supplier
from yangcai.kernel import joined
from yangcai.kernel.models import Entry
from yangcai.parties.models import ApiToken, Organisation, Person, Post
from yangcai.parties.queries import post_of_token

NOW = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)


def fields(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.django_db
def test_the_post_of_a_token_is_whole(django_assert_num_queries: Any) -> None:
    post = make_supplier()
    digest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"  # of "secret"
    ends = NOW + datetime.timedelta(days=1)
    ApiToken.objects.create(post=post, digest=digest, created_at=NOW, expires_at=ends)
    with django_assert_num_queries(1):
        found = post_of_token("secret", now=NOW)
        assert found is not None and found.person.is_active and found.organisation.name
    kept = Post.objects.select_related("organisation", "person").get(pk=post.pk)
    for mine, same in ((found, kept), (found.organisation, kept.organisation), (found.person, kept.person)):
        assert fields(mine) == fields(same)
        assert not mine._state.adding and mine._state.db == connection.alias
    assert post_of_token("secret", now=ends) is None and post_of_token("other", now=NOW) is None


@pytest.mark.django_db
def test_what_is_converted_as_it_is_read_is_refused() -> None:
    assert joined.columns(Person, "n").count(",") + 1 == len(Person._meta.concrete_fields)
    assert joined.columns(Organisation, "o").startswith('o."id"')
    with pytest.raises(TypeError, match="refusals"):
        joined.columns(Entry, "e")
