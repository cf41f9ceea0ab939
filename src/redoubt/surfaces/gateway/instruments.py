"""The metrics that background parts and services set by name, in one table: `Metrics.set`, `Metrics.follow`, `Metrics.count`.

Names follow the Prometheus conventions: base units, the unit last, ``_total`` added to counters when they are read. Labels have few values
that the operator chose (a sink, a limit, a part); never a person, a key or a text.
"""

GAUGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("redoubt_audit_entries", "Entries in the audit log.", ()),
    ("redoubt_audit_waiting_entries", "Entries that wait to become durable.", ()),
    ("redoubt_audit_unsequenced_entries", "Durable entries that have no place in the tree yet.", ()),
    (
        "redoubt_audit_sequencing_lag_seconds",
        "Age of the oldest entry without a place in the tree.",
        (),
    ),
    ("redoubt_audit_checkpoint_timestamp_seconds", "When the last checkpoint was signed (Unix time).", ()),
    ("redoubt_audit_checkpoint_entries", "Entries that the last checkpoint vouches for.", ()),
    ("redoubt_audit_spool_bytes", "Size of the spool that entries wait in while the store is away.", ()),
    ("redoubt_audit_spool_entries", "Entries in the spool.", ()),
    (
        "redoubt_audit_spool_torn_appends",
        "Appends found unfinished in spools, and dropped: nobody was told that they were safe.",
        (),
    ),
    ("redoubt_audit_sink_lag_entries", "Entries that a sink has not been told yet.", ("sink",)),
    ("redoubt_audit_sink_lag_seconds", "Age of the oldest entry that a sink has not been told.", ("sink",)),
    ("redoubt_data_keys", "Keys that open texts: of subjects who were erased there are none.", ()),
    (
        "redoubt_policy_info",
        "1 for the policy and the rules in force, by digest; 0 for those that were.",
        ("policy", "rules"),
    ),
    ("redoubt_policy_loaded_timestamp_seconds", "When the policy in force was loaded (Unix time).", ()),
)
"""Name, meaning, labels."""

COUNTERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("redoubt_background_failures", "Times that a background part failed.", ("part",)),
    ("redoubt_policy_reloads", "Times that the policy was read anew: changed, same or refused.", ("result",)),
    ("redoubt_audit_checkpoint_failures", "Checkpoints not signed or not delivered.", ("cause",)),
    ("redoubt_audit_sink_sent_entries", "Entries that a sink has taken.", ("sink",)),
    ("redoubt_audit_sink_failures", "Deliveries to a sink that failed and will be repeated.", ("sink",)),
    ("redoubt_spans", "Spans by what became of them.", ("outcome",)),
    (
        "redoubt_limits_refused",
        "Requests refused by a limit, or that a shadow limit would refuse.",
        ("limit", "mode"),
    ),
    (
        "redoubt_limits_units",
        "What was reserved, and what it came to (requests, tokens, millionths of the currency).",
        ("limit", "what"),
    ),
    ("redoubt_identity_refused", "Requests refused for want of a credential or a right.", ("cause",)),
)
"""Name without ``_total``, meaning, labels."""
