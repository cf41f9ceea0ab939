"""The one place that knows which adapter stands behind which interface.

Each file of this room builds one kind of thing; whoever needs one asks here: ``compose.stores(...)``. Imports of adapters, services and
engine are inside the functions: who only scans a line does not pay for the database, and `import redoubt` pays for nothing.
"""

from redoubt.compose.backup import back_up as back_up
from redoubt.compose.backup import closing_database as closing_database
from redoubt.compose.backup import restore_backup as restore_backup
from redoubt.compose.backup import verify_backup as verify_backup
from redoubt.compose.documents import conversations as conversations
from redoubt.compose.documents import cuts as cuts
from redoubt.compose.documents import read_file as read_file
from redoubt.compose.documents import read_stream as read_stream
from redoubt.compose.evidence import bundle as bundle
from redoubt.compose.evidence import export_log as export_log
from redoubt.compose.evidence import notary as notary
from redoubt.compose.evidence import publishing as publishing
from redoubt.compose.evidence import read_note as read_note
from redoubt.compose.evidence import verify_log as verify_log
from redoubt.compose.exchanges import Ruling as Ruling
from redoubt.compose.exchanges import desk as desk
from redoubt.compose.exchanges import leaks as leaks
from redoubt.compose.exchanges import ruling as ruling
from redoubt.compose.identity import providers as providers
from redoubt.compose.inspection import PROFILES as PROFILES
from redoubt.compose.inspection import detector as detector
from redoubt.compose.inspection import effects as effects
from redoubt.compose.inspection import guard as guard
from redoubt.compose.inspection import inspector as inspector
from redoubt.compose.inspection import opinions as opinions
from redoubt.compose.inspection import policy as policy
from redoubt.compose.inspection import profile as profile
from redoubt.compose.installation import data_dir as data_dir
from redoubt.compose.installation import keyring as keyring
from redoubt.compose.installation import model_settings as model_settings
from redoubt.compose.installation import settings as settings
from redoubt.compose.limiting import prices as prices
from redoubt.compose.limiting import redis_keeps as redis_keeps
from redoubt.compose.storage import Stores as Stores
from redoubt.compose.storage import schema_state as schema_state
from redoubt.compose.storage import stores as stores
from redoubt.compose.telling import exporters as exporters
from redoubt.compose.telling import telemetry as telemetry
from redoubt.compose.telling import tellers as tellers
from redoubt.compose.training import train as train
from redoubt.compose.upstream import instructions as instructions
from redoubt.compose.upstream import upstreams as upstreams
