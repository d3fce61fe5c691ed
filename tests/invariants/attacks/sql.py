"""In what words is an attack written: a row copied, money moved, a period added?"""

#: Where it begins (worlds.py), the name that must answer, what is tried, the SQL; braces name ids of the world.
Row = tuple[str, str, str, str]


def copy(table: str, row: str, **changes: str) -> str:
    """INSERT a copy of a row under a new id, some columns changed (SQL expressions)."""
    pairs = "".join(f", '{column}', {value}" for column, value in changes.items())
    new_id = f"nextval(pg_get_serial_sequence('{table}', 'id'))"
    return (
        f"INSERT INTO {table} SELECT r.* FROM {table} t, LATERAL jsonb_populate_record(NULL::{table},"
        f" to_jsonb(t) || jsonb_build_object('id', {new_id}{pairs})) r WHERE t.id = {row};"
    )


def move(kind: str, source: str, target: str, amount: str = "1", ground: str = "x") -> str:
    return (
        "INSERT INTO funds_transfer (kind, source_id, target_id, amount, at, ground)"
        f" VALUES ('{kind}', {source}, {target}, {amount}, now(), '{ground}');"
    )


def fund(bucket: str, parent: str) -> str:
    return f"INSERT INTO funds_fund (bucket, parent_id, balance) SELECT '{bucket}', {parent}, 0;"


#: The winner says that it refuses.
OWN_WORD = (
    "UPDATE cases_award SET refused_at = now(), fall_ground = 'refused', declared_by_id = (SELECT min(p.id)"
    " FROM parties_post p WHERE p.organisation_id = cases_award.supplier_id AND p.role = 'supplier')"
    " WHERE id = {award};"
)

#: The fund that `fund` made last.
NEW_FUND = "(SELECT max(id) FROM funds_fund)"


def period(lot: str, opens: str, closes: str, stage: str = "'submission'") -> str:
    return (
        "INSERT INTO cases_period (case_id, lot_id, stage, round, opens_at, closes_at)"
        f" VALUES ({{case}}, {lot}, {stage}, 9, {opens}, {closes});"
    )
