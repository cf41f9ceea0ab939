"""Those who are told what the audit log holds."""
