"""The tables, one file for each room of `redoubt.services`."""

from redoubt.adapters.sql.schema.audit import EntryRow as EntryRow
from redoubt.adapters.sql.schema.audit import checkpoints as checkpoints
from redoubt.adapters.sql.schema.audit import cosignatures as cosignatures
from redoubt.adapters.sql.schema.audit import data_keys as data_keys
from redoubt.adapters.sql.schema.audit import entries as entries
from redoubt.adapters.sql.schema.audit import entries_by_uid as entries_by_uid
from redoubt.adapters.sql.schema.audit import generation as generation
from redoubt.adapters.sql.schema.audit import search as search
from redoubt.adapters.sql.schema.audit import subtrees as subtrees
from redoubt.adapters.sql.schema.audit import terms as terms
from redoubt.adapters.sql.schema.audit import tree as tree
from redoubt.adapters.sql.schema.base import VERSION as VERSION
from redoubt.adapters.sql.schema.base import Index64 as Index64
from redoubt.adapters.sql.schema.base import metadata as metadata
from redoubt.adapters.sql.schema.base import schema_version as schema_version
from redoubt.adapters.sql.schema.forgetting import erasures as erasures
from redoubt.adapters.sql.schema.forgetting import holds as holds
from redoubt.adapters.sql.schema.forgetting import reveals as reveals
from redoubt.adapters.sql.schema.identity import api_keys as api_keys
from redoubt.adapters.sql.schema.login import login_sessions as login_sessions
from redoubt.adapters.sql.schema.pending import pending as pending
from redoubt.adapters.sql.schema.telling import cursors as cursors
from redoubt.adapters.sql.schema.vault import aliases as aliases
from redoubt.adapters.sql.schema.vault import fingerprints as fingerprints
from redoubt.adapters.sql.schema.vault import sessions as sessions
