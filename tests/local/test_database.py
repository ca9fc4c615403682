"""The contents of the simulated database, and their pages."""

import pytest

from trove_lab.local.guests.database import Database, NoSuchUserError


def user(name: str, host: str = "%", databases: tuple[str, ...] = ()) -> dict[str, object]:
    return {"_name": name, "_host": host, "_password": "p", "_databases": [{"_name": each} for each in databases]}


@pytest.fixture
def database() -> Database:
    made = Database()
    made.create_schemas([{"_name": name, "_character_set": "utf8", "_collate": None} for name in ("c", "a", "b")])
    return made


@pytest.mark.parametrize(
    ("limit", "marker", "include_marker", "names", "next_marker", "reason"),
    [
        (None, None, False, ["a", "b", "c"], None, "all, by name"),
        (2, None, False, ["a", "b"], "b", "the first page names the next"),
        (2, "b", False, ["c"], None, "the marker itself is left out"),
        (1, "b", True, ["b"], "b", "or included, to see whether it exists"),
        (3, None, False, ["a", "b", "c"], None, "a page that holds the rest is the last"),
        (2, "z", True, [], None, "nothing after the last"),
    ],
)
def test_databases_are_listed_in_pages(  # noqa: PLR0917 - the table's columns
    database: Database,
    limit: int | None,
    marker: str | None,
    include_marker: bool,
    names: list[str],
    next_marker: str | None,
    reason: str,
) -> None:
    page, following = database.list_schemas(limit, marker, include_marker=include_marker)
    assert ([each["_name"] for each in page], following) == (names, next_marker), reason


def test_a_user_is_identified_by_name_and_host(database: Database) -> None:
    database.create_users([user("u"), user("u", "10.0.0.1")])
    database.delete_user(user("u"))
    assert database.find_user("u", "%") is None
    assert [each["_host"] for each in database.list_users(None, None, include_marker=False)[0]] == ["10.0.0.1"]


def test_a_renamed_user_keeps_its_databases(database: Database) -> None:
    database.create_users([user("u", databases=("a",))])
    database.change_user("u", "%", {"name": "v", "host": None, "password": "new"})
    found = database.find_user("v", "%")
    assert found is not None
    assert (found["_password"], [each["_name"] for each in found["_databases"]]) == ("new", ["a"])


def test_access_is_granted_once_and_revoked(database: Database) -> None:
    database.create_users([user("u", databases=("a",))])
    database.grant("u", "%", ["a", "b"])
    assert [each["_name"] for each in database.granted("u", "%")] == ["a", "b"]
    database.revoke("u", "%", "a")
    assert database.granted("u", "%") == [{"_name": "b", "_character_set": "utf8", "_collate": None}]


def test_a_user_that_does_not_exist_is_an_error(database: Database) -> None:
    with pytest.raises(NoSuchUserError, match="nobody@%"):
        database.delete_user(user("nobody"))
