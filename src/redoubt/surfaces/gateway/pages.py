"""The few pages of the login: plain HTML that loads nothing and runs nothing."""

from html import escape

from redoubt.surfaces.gateway.asgi import RawHeaders

HTML: RawHeaders = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Redoubt: {title}</title><h1>{title}</h1>
{body}
</html>
"""


def failed(exchange: str) -> bytes:
    """Return the page of a login that did not work; the same whatever the reason."""
    body = (
        '<p>Logging in did not work. <a href="/redoubt/login">Try again</a>. '
        f"An administrator finds the reason in the audit log, exchange {escape(exchange)}.</p>"
    )
    return _page("not logged in", body)


def unavailable(exchange: str) -> bytes:
    """Return the page for when nobody can log in now."""
    body = f"<p>Nobody can log in at the moment. Try again later (exchange {escape(exchange)}).</p>"
    return _page("not available", body)


def ask_logout(token: str) -> bytes:
    """Return the page that asks whether to log out; ``token`` proves that the answer comes from it."""
    body = (
        '<form method="post" action="/redoubt/logout">'
        f'<input type="hidden" name="csrf" value="{escape(token)}"><button>Log out</button></form>'
    )
    return _page("log out", body)


def logged_out() -> bytes:
    """Return the page after a logout."""
    return _page("logged out", '<p>You are logged out. <a href="/redoubt/login">Log in</a></p>')


def _page(title: str, body: str) -> bytes:
    return _PAGE.format(title=escape(title), body=body).encode()
