"""Who comes in, and who may change that: the same suite against each database that is supported."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, delete

from redoubt.adapters.sql import schema
from redoubt.adapters.sql.database import open_database
from redoubt.adapters.sql.directory import SqlDirectory
from redoubt.adapters.sql.fresh import FRESH_SECONDS
from redoubt.adapters.sql.keys import SqlIdentity
from redoubt.domain.errors import IdentityError, InputError, RightsError
from redoubt.domain.principal import Kind, Principal, built_in
from redoubt.domain.rights import Grant, Limits
from redoubt.domain.settings import Durability
from redoubt.services.identity.directory import KeyDraft, NewKey, NotThereError, PrincipalDraft
from redoubt.services.identity.interface import Outsider
from redoubt.services.identity.keys import mint

PEPPER = b"p" * 32
JANE = Outsider("https://login.example", "sub-1", "Jane", ("security team", "staff"), "sess_1")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = request.getfixturevalue("postgres").database() if request.param == "postgresql" else ""
    engine = open_database(url, tmp_path_factory.mktemp("identity"), Durability.PROCESS)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(database: Engine) -> Engine:
    with database.begin() as connection:
        for table in (schema.api_keys, schema.grants, schema.roles, schema.principals):
            connection.execute(delete(table))
    return database


@pytest.fixture
def house(engine: Engine) -> "House":
    return House(engine)


class House:
    """One directory, and two processes that ask it."""

    def __init__(self, engine: Engine) -> None:
        self.clock = Clock()
        self.identity = SqlIdentity(engine, pepper=PEPPER, clock=self.clock)
        self.other = SqlIdentity(engine, pepper=PEPPER, clock=self.clock)
        self.directory = SqlDirectory(
            engine, pepper=PEPPER, clock=self.clock, changed=self.identity.look_again
        )

    def service(self, *roles: str, app: str = "shop", tenant: str = "", **key: Any) -> NewKey:
        grants = tuple(map(Grant, roles))
        self.clock.now += 2**-10  # they are listed in the order in which they were made
        draft = PrincipalDraft(app, app=app, tenant=tenant, grants=grants)
        return self.directory.make_service(draft, KeyDraft("key", **key))

    def who(self, made: NewKey) -> Principal:
        return self.identity.authenticate(made.secret)

    def acting(self, made: NewKey) -> SqlDirectory:
        return self.directory.on_behalf(self.who(made))

    def refused(self, secret: str, address: str = "") -> str:
        with pytest.raises(IdentityError) as refused:
            self.identity.authenticate(secret, address)
        assert str(refused.value).startswith("this API key is not known"), "all read alike"
        return refused.value.cause


def test_keys_are_found_expire_and_are_revoked(house: House) -> None:
    made = house.service("auditor", per_minute=9, expires_at=200.0)
    found = house.who(made)
    assert (found.id, found.credential, found.app, found.roles, found.limits) == (
        made.info.principal,
        made.info.id,
        "shop",
        ("auditor",),
        (("minute", 9),),
    )
    assert found.rights == built_in("auditor")
    assert house.other.authenticate(made.secret) == found
    house.clock.now = 199.0
    house.who(made)
    house.clock.now = 200.0
    assert house.refused(made.secret) == "expired"
    second = house.service()
    house.clock.now += 2.0
    house.other.authenticate(second.secret)
    assert house.directory.revoke_key(second.info.id).revoked_at == house.clock.now
    assert house.refused(second.secret) == "revoked"
    house.clock.now += FRESH_SECONDS + 0.1
    with pytest.raises(IdentityError) as refused:
        house.other.authenticate(second.secret)
    assert (refused.value.principal, refused.value.credential) == (second.info.principal, second.info.id)
    assert [key.id for key in house.directory.list_keys()] == [made.info.id, second.info.id]


@pytest.mark.parametrize(
    "credential", ["", "x", "rdt_", "rdt_" + "0" * 49, "\ud800", "rdt_" + "é" * 49, "x" * 100_000]
)
def test_malformed_credentials_all_read_alike(house: House, credential: str) -> None:
    assert house.refused(credential) == "malformed"


def test_a_key_of_another_pepper_is_unknown(engine: Engine, house: House) -> None:
    made = house.service("developer")
    with pytest.raises(IdentityError):
        SqlIdentity(engine, pepper=b"q" * 32, clock=lambda: 1.0).authenticate(made.secret)
    assert house.refused(mint(lambda count: b"r" * count)) == "unknown"


def test_what_is_not_there_is_said_so(house: House) -> None:
    directory = house.directory
    for change in (
        lambda: directory.revoke_key("key_none"),
        lambda: directory.rotate_key("key_none", 0.0),
        lambda: directory.make_key("svc_none", KeyDraft("k")),
        lambda: directory.change("svc_none", disabled=True),
        lambda: directory.grant(Grant("user"), principal="svc_none"),
        lambda: directory.withdraw("grn_none"),
        lambda: directory.delete_role("none"),
    ):
        with pytest.raises(NotThereError, match=r"`redoubt \w+ list` shows them"):
            change()


def test_a_rotated_key_keeps_its_old_secret_for_the_overlap_alone(house: House) -> None:
    first = house.service("developer")
    second = house.directory.rotate_key(first.info.id, 60.0)
    assert house.who(first) == house.who(second)
    house.clock.now += 59.0
    house.who(first)
    house.clock.now += 1.0
    assert house.refused(first.secret) == "rotated"
    house.who(second)
    third = house.directory.rotate_key(first.info.id, 60.0)
    assert house.refused(first.secret) == "unknown", "only one secret overlaps"
    house.who(second)
    fourth = house.directory.rotate_key(first.info.id, 0.0)
    assert [house.refused(each.secret) for each in (second, third)] == ["unknown", "unknown"]
    house.directory.revoke_key(first.info.id)
    assert house.refused(fourth.secret) == "revoked"
    with pytest.raises(InputError, match="make a new one"):
        house.directory.rotate_key(first.info.id, 0.0)


@pytest.mark.parametrize("overlap", [-1.0, 31 * 86_400.0, float("nan"), float("inf")])
def test_an_overlap_has_an_end(house: House, overlap: float) -> None:
    made = house.service("developer")
    with pytest.raises(InputError, match="overlap"):
        house.directory.rotate_key(made.info.id, overlap)


def test_a_key_is_good_from_its_networks_alone(house: House) -> None:
    made = house.service("developer", addresses=("10.0.0.0/8", "2001:db8::/32"))
    for address in ("10.1.2.3", "2001:db8::7", "::ffff:10.1.2.3"):
        house.identity.authenticate(made.secret, address)
    for address in ("11.0.0.1", "2001:db9::1", "", "nonsense", "10.1.2.3 "):
        assert house.refused(made.secret, address) == "address"
    for bad in ("10.0.0.1/8", "10.0.0.0/33", "x", ""):
        with pytest.raises(InputError, match="CIDR"):
            house.service("developer", addresses=(bad,))


def test_scopes_narrow_a_key(house: House) -> None:
    made = house.service("developer", scopes=("text.inspect",))
    assert house.who(made).rights.actions == ("text.inspect",)
    for scope in ("keys.write", "everything"):
        with pytest.raises(InputError, match="scope"):
            house.service("developer", scopes=(scope,))


def test_disabled_principals_are_shut_out_and_let_in_again(house: House) -> None:
    made = house.service("developer")
    house.directory.change(made.info.principal, disabled=True)
    assert house.refused(made.secret) == "disabled"
    house.directory.change(made.info.principal, disabled=False)
    house.who(made)


def test_grants_have_limits_and_are_withdrawn(house: House) -> None:
    made = house.service()
    assert house.who(made).rights.actions == ()
    limits = Limits(upstream="openai", model="gpt-5")
    info = house.directory.grant(Grant("user", limits), principal=made.info.principal)
    rights = house.who(made).rights
    assert rights.allow("model.call", app="shop", upstream="openai", model="gpt-5")
    assert not rights.allow("model.call", app="shop", upstream="openai", model="gpt-6")
    house.directory.withdraw(info.id)
    assert house.who(made).rights.actions == ()


def test_a_role_of_ones_own_is_made_changed_and_deleted(house: House) -> None:
    house.directory.put_role("support", ("audit.read", "audit.read", "text.inspect"))
    made = house.service("support")
    assert house.who(made).rights.actions == ("text.inspect", "audit.read")
    house.directory.put_role("support", ("audit.read",))
    assert house.who(made).rights.actions == ("audit.read",)
    with pytest.raises(InputError, match="granted 1 times"):
        house.directory.delete_role("support")
    [who] = house.directory.list_principals()
    house.directory.withdraw(who.grants[0].id)
    assert house.directory.delete_role("support").name == "support"
    assert [role.name for role in house.directory.list_roles() if not role.built_in] == []
    for name, actions in (("admin", ("audit.read",)), ("X", ("audit.read",)), ("x", ()), ("x", ("fly",))):
        with pytest.raises(InputError):
            house.directory.put_role(name, actions)
    with pytest.raises(InputError, match="built in"):
        house.directory.delete_role("user")
    with pytest.raises(InputError, match="no role"):
        house.service("support")


def test_an_outsider_has_the_rights_of_its_groups_and_no_others(house: House) -> None:
    assert house.identity.resolve(JANE).rights.actions == ()
    house.directory.grant(Grant("auditor"), group="security team")
    house.directory.grant(Grant("admin"), group="Security Team")
    found = house.identity.resolve(JANE)
    assert (found.roles, found.rights, found.credential) == (("auditor",), built_in("auditor"), "sess_1")
    assert found.id.startswith("usr_")
    assert house.identity.resolve(replace(JANE, groups=("x",))).rights.actions == ()
    for other in (
        replace(JANE, subject="sub-2"),
        replace(JANE, issuer="https://login.exampl", subject="esub-1"),
        replace(JANE, tenant="acme"),
    ):
        assert house.identity.resolve(other).id != found.id
    assert house.identity.resolve(replace(JANE, tenant="acme")).rights.actions == (), "grants have a tenant"
    known = house.directory.make_principal(PrincipalDraft("Jane", Kind.USER, id=found.id))
    house.directory.grant(Grant("approver"), principal=known.id)
    assert house.identity.resolve(JANE).roles == ("approver", "auditor")
    house.directory.change(known.id, disabled=True)
    with pytest.raises(IdentityError) as refused:
        house.identity.resolve(JANE)
    assert refused.value.cause == "disabled"


def test_last_use_is_noted_to_the_minute(house: House) -> None:
    made = house.service("developer")
    house.clock.now = 1000.0
    house.who(made)
    assert house.directory.list_keys()[0].last_used_at is None, "no request writes"
    assert house.identity.note_use() == 1
    assert house.directory.list_keys()[0].last_used_at == 960.0
    house.clock.now = 1010.0
    house.who(made)
    assert house.identity.note_use() == 0, "at most once a minute"
    house.clock.now = 1090.0
    house.who(made)
    assert house.identity.note_use() == 1
    assert house.identity.note_use() == 0


# -- nobody raises its own rights


@pytest.fixture
def manager(house: House) -> NewKey:
    """Somebody who may write principals, keys and roles, and call models of the shop; there is an admin beside it."""
    house.service("admin", app="office")
    house.directory.put_role(
        "manager", ("principals.read", "principals.write", "keys.read", "keys.write", "roles.write")
    )
    made = house.service("manager")
    house.directory.grant(Grant("user", Limits(app="shop")), principal=made.info.principal)
    return made


def test_rights_are_handed_out_by_who_holds_them_alone(house: House, manager: NewKey) -> None:
    acting = house.acting(manager)
    friend = acting.make_principal(PrincipalDraft("friend", app="shop"))
    acting.grant(Grant("user", Limits(app="shop", model="gpt-5")), principal=friend.id)
    acting.put_role("clerk", ("keys.read",))
    acting.grant(Grant("clerk"), principal=friend.id)
    assert acting.make_key(friend.id, KeyDraft("k")).secret
    for refused in (
        lambda: acting.grant(Grant("user"), principal=friend.id),
        lambda: acting.grant(Grant("user", Limits(app="press")), principal=friend.id),
        lambda: acting.grant(Grant("admin"), principal=friend.id),
        lambda: acting.grant(Grant("auditor"), group="staff"),
        lambda: acting.make_principal(PrincipalDraft("x", grants=(Grant("admin"),))),
        lambda: acting.make_principal(PrincipalDraft("x", trusted=True)),
        lambda: acting.make_principal(PrincipalDraft("x", tenant="acme")),
        lambda: acting.put_role("clerk", ("keys.read", "audit.read")),
        lambda: acting.put_role("spy", ("model.call",)),
    ):
        with pytest.raises(RightsError):
            refused()


def test_nobody_changes_its_own_grants_or_roles(house: House, manager: NewKey) -> None:
    acting, own = house.acting(manager), manager.info.principal
    mine = next(who for who in house.directory.list_principals() if who.id == own)
    for refused in (
        lambda: acting.grant(Grant("manager"), principal=own),
        lambda: acting.withdraw(mine.grants[0].id),
        lambda: acting.change(own, trusted=True),
        lambda: acting.change(own, disabled=True),
        lambda: acting.put_role("manager", ("keys.read",)),
    ):
        with pytest.raises(RightsError, match="nobody changes"):
            refused()


def test_who_may_more_is_not_touched(house: House, manager: NewKey) -> None:
    acting = house.acting(manager)
    boss, key = house.directory.list_principals()[0], house.directory.list_keys()[0]
    assert key.principal == boss.id
    for refused in (
        lambda: acting.make_key(boss.id, KeyDraft("k")),
        lambda: acting.rotate_key(key.id, 0.0),
        lambda: acting.revoke_key(key.id),
        lambda: acting.change(boss.id, disabled=True),
        lambda: acting.withdraw(boss.grants[0].id),
    ):
        with pytest.raises(RightsError, match="you"):
            refused()


def test_a_narrowed_key_hands_out_no_more_than_it_is_good_for(house: House, manager: NewKey) -> None:
    narrow = house.directory.make_key(manager.info.principal, KeyDraft("n", scopes=("keys.write",)))
    acting = house.acting(narrow)
    with pytest.raises(RightsError, match="not its own"):
        acting.make_key(manager.info.principal, KeyDraft("wide"))
    with pytest.raises(RightsError):
        acting.rotate_key(manager.info.id, 0.0)
    acting.make_key(manager.info.principal, KeyDraft("as narrow", scopes=("keys.write",)))


def test_a_right_that_was_taken_hands_nothing_out_any_more(house: House, manager: NewKey) -> None:
    """Also by who came in before it was taken."""
    acting = house.acting(manager)
    mine = next(who for who in house.directory.list_principals() if who.id == manager.info.principal)
    for info in mine.grants:
        house.directory.withdraw(info.id)
    with pytest.raises(RightsError):
        acting.make_principal(PrincipalDraft("friend", app="shop"))
    house.directory.revoke_key(manager.info.id)
    with pytest.raises(RightsError, match="shut out"):
        acting.put_role("clerk", ("keys.read",))


def test_limits_of_an_app_are_kept(house: House) -> None:
    house.service("admin", app="office")
    house.directory.put_role("keeper", ("keys.read", "keys.write", "principals.read", "principals.write"))
    keeper = house.service()
    house.directory.grant(Grant("keeper", Limits(app="shop")), principal=keeper.info.principal)
    press = house.service("developer", app="press")
    acting = house.acting(keeper)
    assert (
        {key.app for key in acting.list_keys()} == {who.app for who in acting.list_principals()} == {"shop"}
    )
    acting.make_principal(PrincipalDraft("mine", app="shop"))
    for refused in (
        lambda: acting.make_principal(PrincipalDraft("theirs", app="press")),
        lambda: acting.revoke_key(press.info.id),
        lambda: acting.make_key(press.info.principal, KeyDraft("k")),
        lambda: acting.grant(Grant("keeper", Limits(app="shop")), group="staff"),
    ):
        with pytest.raises(RightsError):
            refused()


def test_another_tenants_things_are_not_there(house: House) -> None:
    ours = house.service("developer")
    theirs = house.service("admin", app="plant", tenant="acme")
    acting = house.acting(theirs)
    assert (
        [key.tenant for key in acting.list_keys()]
        == [who.tenant for who in acting.list_principals()]
        == ["acme"]
    )
    grant = house.directory.list_principals()[0].grants[0].id
    for hidden in (
        lambda: acting.revoke_key(ours.info.id),
        lambda: acting.rotate_key(ours.info.id, 0.0),
        lambda: acting.make_key(ours.info.principal, KeyDraft("k")),
        lambda: acting.change(ours.info.principal, disabled=True),
        lambda: acting.grant(Grant("user"), principal=ours.info.principal),
        lambda: acting.withdraw(grant),
    ):
        with pytest.raises(RightsError, match="another tenant"):
            hidden()
    with pytest.raises(RightsError, match="operator"):
        acting.make_principal(PrincipalDraft("x", tenant="default"))
    acting.put_role("own", ("audit.read",))
    assert "own" not in [role.name for role in house.directory.list_roles()]
    assert acting.make_principal(PrincipalDraft("x")).tenant == "acme"


# -- the last administrator stays


def test_the_last_administrator_stays(house: House) -> None:
    made = house.service("admin")
    [who] = house.directory.list_principals()
    removals = (
        lambda: house.directory.change(who.id, disabled=True),
        lambda: house.directory.revoke_key(made.info.id),
        lambda: house.directory.withdraw(who.grants[0].id),
    )
    house.service("admin", scopes=("keys.read",))
    house.service("admin", tenant="acme")
    house.directory.make_principal(PrincipalDraft("without a key", grants=(Grant("admin"),)))
    limited = house.service()
    house.directory.grant(Grant("admin", Limits(app="shop")), principal=limited.info.principal)
    for remove in removals:
        with pytest.raises(RightsError, match="no administrator"):
            remove()
    house.who(made)
    house.service("admin")
    for remove in removals:
        remove()


def test_two_who_remove_each_other_at_once_do_not_both_succeed(house: House) -> None:
    def remove(directory: SqlDirectory, key: NewKey) -> bool:
        try:
            directory.revoke_key(key.info.id)
        except RightsError:
            return False
        return True

    one = house.service("admin")
    for _ in range(5):
        two = house.service("admin")
        pairs = ((house.acting(one), two), (house.acting(two), one))
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(remove, *zip(*pairs, strict=True)))
        assert sorted(done) == [False, True]
        one = one if done[0] else two
        house.who(one)


def test_an_administrator_of_one_application_is_none_of_the_installation(house: House) -> None:
    """The same name in another tenant is another application."""
    theirs = house.service("developer", app="shop", tenant="acme")
    house.service("admin", app="root")
    grants = (Grant("admin", Limits(app="shop")),)
    made = house.directory.make_service(PrincipalDraft("a", app="shop", grants=grants), KeyDraft("key"))
    narrow = house.who(made)
    assert not narrow.sees("acme")
    acting = house.directory.on_behalf(narrow)
    assert all(who.tenant == narrow.tenant for who in acting.list_principals())
    with pytest.raises(RightsError, match="another tenant"):
        acting.revoke_key(theirs.info.id)
    with pytest.raises(RightsError, match="only the operator's administrators"):
        acting.make_principal(PrincipalDraft("b", app="shop", tenant="acme"))


def test_an_administrator_by_group_sees_all_tenants_and_one_of_an_application_does_not(house: House) -> None:
    wide, narrow = Grant("admin"), Grant("admin", Limits(app="shop"))
    assert house.identity.resolve(replace(JANE, grants=(wide,))).sees("acme")
    assert not house.identity.resolve(replace(JANE, grants=(narrow,))).sees("acme")
    assert not house.identity.resolve(replace(JANE, tenant="acme", grants=(wide,))).sees("other")
