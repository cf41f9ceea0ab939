"""Telling others (a SIEM, a collector, a program) what the audit log holds; never the text that crossed."""
