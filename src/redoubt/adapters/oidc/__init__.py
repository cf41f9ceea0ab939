"""Tokens and logins of identity providers (OpenID Connect, OAuth 2.0)."""
