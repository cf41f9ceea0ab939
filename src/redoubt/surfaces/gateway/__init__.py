"""The provider-compatible HTTP gateway and its management API."""
