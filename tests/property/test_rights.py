"""Rights are never raised by whoever has fewer, and somebody can always do everything."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redoubt.adapters.sql.database import open_database, reading
from redoubt.adapters.sql.directory import SqlDirectory
from redoubt.adapters.sql.keys import SqlIdentity
from redoubt.adapters.sql.roll import read_roll
from redoubt.domain.errors import IdentityError, InputError, RightsError
from redoubt.domain.rights import ACTIONS, ALL, ANY, Grant, Limits, Right, Rights, resolve
from redoubt.domain.settings import Durability
from redoubt.services.identity.directory import KeyDraft, PrincipalDraft

NAMES = st.sampled_from(("a", "b", ANY))
LIMITS = st.builds(Limits, NAMES, NAMES, NAMES, NAMES)
SOME = st.sampled_from(("model.call", "keys.write", "audit.read"))
RIGHTS = st.frozensets(st.builds(Right, SOME, LIMITS), max_size=5).map(Rights)
PLACES = [dict(zip(Limits.__slots__, names, strict=True)) for names in product("abc", repeat=4)]
PEPPER = b"p" * 32


@given(RIGHTS, SOME)
def test_a_right_holds_exactly_where_a_limit_says_so(rights: Rights, action: str) -> None:
    for place in PLACES:
        wanted = any(
            right.action == action
            and all(getattr(right.limits, what) in (ANY, name) for what, name in place.items())
            for right in rights.held
        )
        assert rights.allow(action, **place) == wanted


@given(RIGHTS, RIGHTS)
def test_what_may_be_handed_out_allows_nothing_that_its_giver_may_not(giver: Rights, given_: Rights) -> None:
    if giver.missing(given_) is not None:
        return
    for place in PLACES:
        for action in ("model.call", "keys.write", "audit.read"):
            assert giver.allow(action, **place) or not given_.allow(action, **place)


@given(RIGHTS)
def test_everybody_may_hand_out_what_it_holds_and_the_operator_everything(rights: Rights) -> None:
    assert rights.missing(rights) is None
    assert ALL.missing(rights) is None
    assert rights.only(("keys.write",)).held <= rights.held


@given(st.lists(st.builds(Grant, st.text(max_size=5), LIMITS), max_size=4))
def test_a_role_that_nobody_knows_gives_nothing(grants: list[Grant]) -> None:
    assert resolve((g for g in grants if g.role not in ("user", "admin")), {}).held == frozenset()


WORDS = st.sampled_from(("manager", "clerk", "user", "admin", "developer", "own"))
OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            ("grant", "withdraw", "principal", "key", "rotate", "revoke", "change", "role", "unrole")
        ),
        st.integers(0, 9),
        st.integers(0, 9),
        WORDS,
        st.sampled_from((Limits(), Limits(app="shop"), Limits(app="press"), Limits(model="m"))),
        st.lists(st.sampled_from(sorted(ACTIONS)), min_size=1, max_size=3).map(tuple),
    ),
    max_size=14,
)
MANAGER = ("principals.read", "principals.write", "keys.read", "keys.write", "roles.write", "text.inspect")


class Court:
    """A directory, and the secrets that those who act have got hold of."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self.engine = open_database("", folder, Durability.PROCESS)
        self.identity = SqlIdentity(self.engine, pepper=PEPPER, clock=clock)
        self.directory = SqlDirectory(
            self.engine, pepper=PEPPER, clock=clock, changed=self.identity.look_again
        )
        self.secrets: list[str] = []
        self.directory.put_role("manager", MANAGER)
        self.directory.put_role("clerk", ("keys.write", "keys.read", "model.call"))
        self.admin = self.join(Grant("admin"))

    def join(self, *grants: Grant) -> str:
        draft = PrincipalDraft("x", app="shop", grants=grants)
        return self.directory.make_service(draft, KeyDraft("k")).secret

    def act(
        self, what: str, who: int, whom: int, role: str, limits: Limits, actions: tuple[str, ...]
    ) -> None:
        """Do one thing as one of those whose secrets are known; what is refused is refused."""
        try:
            by = self.identity.authenticate(self.secrets[who % len(self.secrets)])
        except IdentityError:
            return
        acting = self.directory.on_behalf(by)
        people, keys = self.directory.list_principals(), self.directory.list_keys()
        person, key = people[whom % len(people)], keys[whom % len(keys)]
        grants = [info.id for each in people for info in each.grants]
        deeds: dict[str, Callable[[], Any]] = {
            "grant": lambda: acting.grant(Grant(role, limits), principal=person.id),
            "withdraw": lambda: acting.withdraw(grants[whom % len(grants)]),
            "principal": lambda: acting.make_service(
                PrincipalDraft("n", app="shop", grants=(Grant(role, limits),)), KeyDraft("n")
            ),
            "key": lambda: acting.make_key(person.id, KeyDraft("n", scopes=actions if whom % 2 else ())),
            "rotate": lambda: acting.rotate_key(key.id, 0.0),
            "revoke": lambda: acting.revoke_key(key.id),
            "change": lambda: acting.change(person.id, disabled=bool(whom % 2), trusted=bool(whom % 3)),
            "role": lambda: acting.put_role(role, actions),
            "unrole": lambda: acting.delete_role(role),
        }
        try:
            done = deeds[what]()
        except (RightsError, InputError):
            return
        if hasattr(done, "secret"):
            self.secrets.append(done.secret)

    def rights(self) -> list[Rights]:
        """What can be done with the secrets that are known."""
        found = []
        for secret in self.secrets:
            try:
                found.append(self.identity.authenticate(secret).rights)
            except IdentityError:
                continue
        return found

    def admins(self) -> int:
        with reading(self.engine, "the directory") as connection:
            return len(read_roll(connection)[0].admins(10.0))


@pytest.mark.parametrize("role", ["manager", "clerk", "policy-author"])
@settings(max_examples=25)
@given(operations=OPERATIONS)
def test_no_deeds_of_others_than_administrators_end_in_more_than_they_were_granted(
    role: str, operations: list[Any]
) -> None:
    with TemporaryDirectory() as folder:
        court = Court(Path(folder), lambda: 10.0)
        court.secrets = [
            court.join(Grant(role)),
            court.join(Grant("manager", Limits(app="shop")), Grant("user")),
        ]
        granted = court.rights()
        for operation in operations:
            court.act(*operation)
            for rights in court.rights():
                for right in rights.held:
                    alone = Rights(frozenset({right}))
                    assert any(before.missing(alone) is None for before in granted), right
        assert court.identity.authenticate(court.admin).rights.missing(ALL) is None, (
            "nobody took the administrator's either"
        )
        court.engine.dispose()


@settings(max_examples=25)
@given(operations=OPERATIONS)
def test_there_is_always_an_administrator(operations: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        court = Court(Path(folder), lambda: 10.0)
        court.secrets = [court.admin, court.join(Grant("admin")), court.join(Grant("manager"))]
        for operation in operations:
            court.act(*operation)
            assert court.admins() > 0
        court.engine.dispose()
