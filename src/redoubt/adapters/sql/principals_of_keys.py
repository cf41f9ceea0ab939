"""From version 2 of the tables, in which a key was its own principal and had one role, to principals that are granted roles."""

from sqlalchemy import Connection, MetaData, Table, insert

from redoubt.adapters.sql import schema

_GRANTED = {"admin": ("admin",), "auditor": ("auditor", "developer"), "developer": ("developer",)}
"""What a role of version 2 becomes: an auditor's key could also call models then, and its owner may rely on that."""


def principals_of_keys(connection: Connection) -> None:
    """Make a principal of each key, under the key's id, so that its sessions and records stay its own.

    It may name its end users, as every application could.
    """
    old = Table("api_keys", MetaData(), autoload_with=connection)
    keys = [dict(row) for row in connection.execute(old.select()).mappings()]
    old.drop(connection)
    schema.api_keys.create(connection)
    connection.execute(insert(schema.directory).values(id=1, version=0))
    for key in keys:
        role, app, at = key.pop("role"), key.pop("app"), key["created_at"]
        who = {"id": key["id"], "tenant": "default", "kind": "service", "name": key["name"], "app": app}
        connection.execute(insert(schema.principals).values(**who, trusted=True, created_at=at))
        for each in _GRANTED.get(role, ()):
            limits = dict.fromkeys(("app", "upstream", "model", "collection"), "*")
            grant = {
                "id": f"grn_{key['id']}_{each}",
                "tenant": "default",
                "principal": key["id"],
                "group": "",
            }
            connection.execute(insert(schema.grants).values(**grant, role=each, **limits, created_at=at))
        connection.execute(
            insert(schema.api_keys).values(principal=key["id"], scopes="", addresses="", **key)
        )
