"""Made-up secrets in the formats their vendors document, and the settings in which they are written down."""

import base64
import json
from collections.abc import Callable
from random import Random
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

from benchmarks.corpus.checks import crc_base62

HEX, B62, B64, URL = (
    "0123456789abcdef",
    ascii_letters + digits,
    ascii_letters + digits + "+/",
    ascii_letters + digits + "-_",
)
_SYMBOLS = ascii_letters + digits + "!#$%&*+-.?@^_~"


def _text(draw: Random, alphabet: str, size: int) -> str:
    return "".join(draw.choices(alphabet, k=size))


def _uuid(draw: Random) -> str:
    text = _text(draw, HEX, 32)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def _jwt(draw: Random) -> str:
    parts = (
        {"alg": "HS256", "typ": "JWT"},
        {"sub": _text(draw, digits, 8), "iat": 1715000000, "scope": "rw"},
    )
    head = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts]
    return f"{head[0]}.{head[1]}.{_text(draw, URL[:62], 42)}A"


def _pem(draw: Random) -> str:
    kind = draw.choice(("RSA ", "EC ", "", "OPENSSH "))
    lines = "\n".join(_text(draw, B64, 64) for _ in range(draw.randint(4, 12)))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n{_text(draw, B64, 22)}==\n-----END {kind}PRIVATE KEY-----"


def _checked(draw: Random, prefix: str) -> str:
    body = _text(draw, B62, 30)
    return f"{prefix}{body}{crc_base62(body)}"


def _password(draw: Random) -> str:
    return (
        _text(draw, ascii_letters, 5)
        + draw.choice("!#%*-_")
        + _text(draw, _SYMBOLS[:-2], 5)
        + str(draw.randint(10, 99))
    )


Part = Callable[[Random], str]
_ALPHABETS = {
    "h": HEX,
    "H": HEX.upper(),
    "n": B62,
    "u": URL,
    "b": B64,
    "d": digits,
    "A": ascii_uppercase + digits,
    "l": ascii_lowercase + digits,
    "Z": ascii_uppercase + "234567",
}


def shaped(shape: str) -> Part:
    """Return a maker for a shape in which ``{h32}`` is 32 lower-case hex digits, and so on by `_ALPHABETS`."""

    def make(draw: Random) -> str:
        out = ""
        for part in shape.replace("}", "{").split("{"):
            known = len(part) > 1 and part[0] in _ALPHABETS and part[1:].isdigit()
            out += _text(draw, _ALPHABETS[part[0]], int(part[1:])) if known else part
        return out

    return make


DISTINCT: dict[str, Part] = {
    "aws_access_key": lambda d: draw_aws(d),
    "github_pat": lambda d: _checked(d, "ghp_"),
    "github_oauth": lambda d: _checked(d, "gho_"),
    "github_app": lambda d: _checked(d, "ghs_"),
    "github_fine": shaped("github_pat_{n22}_{n59}"),
    "gitlab_pat": shaped("glpat-{u20}"),
    "gitlab_routable": shaped("glpat-{n27}.01.{l9}"),
    "gitlab_runner": shaped("glrt-{u20}"),
    "gitlab_deploy": shaped("gldt-{u20}"),
    "slack_bot": shaped("xoxb-{d12}-{d13}-{n24}"),
    "slack_user": shaped("xoxp-{d12}-{d12}-{d13}-{h32}"),
    "slack_app": shaped("xapp-1-A0{A9}-{d13}-{h64}"),
    "slack_webhook": shaped("https://hooks.slack.com/services/T0{A9}/B0{A9}/{n24}"),
    "stripe_live": shaped("sk_live_51{n99}"),
    "stripe_old": shaped("sk_live_{n24}"),
    "stripe_restricted": shaped("rk_live_51{n99}"),
    "stripe_webhook": shaped("whsec_{n32}"),
    "openai_project": shaped("sk-proj-{u74}T3BlbkFJ{u74}"),
    "openai_user": shaped("sk-{n20}T3BlbkFJ{n20}"),
    "openai_service": shaped("sk-svcacct-{u74}T3BlbkFJ{u74}"),
    "anthropic": shaped("sk-ant-api03-{u93}AA"),
    "anthropic_admin": shaped("sk-ant-admin01-{u93}AA"),
    "google_api": shaped("AIzaSy{u33}"),
    "google_oauth": shaped("GOCSPX-{u28}"),
    "huggingface": shaped("hf_{n34}"),
    "groq": shaped("gsk_{n52}"),
    "replicate": shaped("r8_{n37}"),
    "perplexity": shaped("pplx-{n48}"),
    "xai": shaped("xai-{n80}"),
    "openrouter": shaped("sk-or-v1-{h64}"),
    "nvidia": shaped("nvapi-{u64}"),
    "databricks": shaped("dapi{h32}"),
    "langsmith": shaped("lsv2_pt_{h32}_{h10}"),
    "pinecone": shaped("pcsk_{n6}_{n63}"),
    "npm": lambda d: _checked(d, "npm_"),
    "pypi": lambda d: "pypi-AgEIcHlwaS5vcmc" + _text(d, URL, 160),
    "rubygems": shaped("rubygems_{h48}"),
    "docker": shaped("dckr_pat_{u27}"),
    "sendgrid": shaped("SG.{u22}.{u43}"),
    "mailgun": shaped("key-{h32}"),
    "mailchimp": shaped("{h32}-us14"),
    "brevo": shaped("xkeysib-{h64}-{n16}"),
    "resend": shaped("re_{n8}_{n24}"),
    "telegram": shaped("{d10}:AAF{u32}"),
    "discord_webhook": shaped("https://discord.com/api/webhooks/1{d18}/{u68}"),
    "digitalocean": shaped("dop_v1_{h64}"),
    "heroku": shaped("HRKU-AA{u58}"),
    "netlify": shaped("nfp_{n36}"),
    "supabase": shaped("sbp_{h40}"),
    "planetscale": shaped("pscale_tkn_{u43}"),
    "doppler": shaped("dp.pt.{n43}"),
    "vault": shaped("hvs.CAESI{u90}"),
    "terraform": shaped("{n14}.atlasv1.{u67}"),
    "pulumi": shaped("pul-{h40}"),
    "tailscale": shaped("tskey-auth-k{n11}CNTRL-{n32}"),
    "grafana_service": shaped("glsa_{n32}_{h8}"),
    "newrelic": shaped("NRAK-{A27}"),
    "sentry_user": shaped("sntryu_{h64}"),
    "linear": shaped("lin_api_{n40}"),
    "notion": shaped("ntn_{d11}{n35}"),
    "airtable": shaped("pat{n14}.{h64}"),
    "figma": shaped("figd_{u40}"),
    "atlassian": shaped("ATATT3xFfGF0{u171}={H8}"),
    "shopify": shaped("shpat_{h32}"),
    "square": shaped("EAAAE{u59}"),
    "plaid": lambda d: f"access-production-{_uuid(d)}",
    "postman": shaped("PMAK-{h24}-{h34}"),
    "hubspot": lambda d: f"pat-na1-{_uuid(d)}",
    "dynatrace": shaped("dt0c01.{Z24}.{Z64}"),
    "azure_client": shaped("{n3}8Q~{n34}"),
    "alibaba": shaped("LTAI5t{n18}"),
    "age": lambda d: "AGE-SECRET-KEY-1" + _text(d, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
    "jwt": _jwt,
    "private_key": _pem,
    "postgres": lambda d: (
        f"postgresql://svc_{d.choice('abcdef')}pp:{_text(d, B62, 14)}@db-{d.randint(1, 9)}.internal.brightfarm.com:5432/orders"
    ),
    "mongodb": lambda d: (
        f"mongodb+srv://admin:{_text(d, B62, 12)}@cluster0.{_text(d, ascii_lowercase, 5)}.mongodb.net/prod?retryWrites=true"
    ),
    "redis": lambda d: f"rediss://default:{_text(d, B62, 20)}@cache.kestrelbank.net:6380/0",
    "amqp": lambda d: f"amqps://worker:{_text(d, B62, 16)}@mq.aldergrove.io/vhost",
    "mysql": lambda d: (
        f"mysql://root:{_password(d).replace('#', '').replace('%', '').replace('?', '')}@10.3.0.{d.randint(2, 200)}/shop"
    ),
    "url_login": lambda d: f"https://deploy:{_text(d, B62, 18)}@git.pixelforge.dev/team/app.git",
}
"""Secrets that say by themselves what they are."""


def draw_aws(draw: Random) -> str:
    """Make up an AWS access key id."""
    return draw.choice(("AKIA", "ASIA")) + _text(draw, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)


ASSIGNED: dict[str, tuple[Part, tuple[str, ...]]] = {
    "aws_secret": (shaped("{b40}"), ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key", "secretAccessKey")),
    "azure_storage": (
        lambda d: _text(d, B64, 86) + "==",
        ("AZURE_STORAGE_KEY", "AccountKey", "storageAccountKey"),
    ),
    "datadog": (shaped("{h32}"), ("DD_API_KEY", "datadog_api_key", "DATADOG_API_KEY")),
    "twilio": (shaped("{h32}"), ("TWILIO_AUTH_TOKEN", "twilio_auth_token")),
    "cloudflare": (shaped("{u40}"), ("CLOUDFLARE_API_TOKEN", "CF_API_TOKEN")),
    "mistral": (shaped("{n32}"), ("MISTRAL_API_KEY",)),
    "password": (
        _password,
        ("DB_PASSWORD", "password", "smtp_password", "ADMIN_PASSWORD", "dbPassword", "passwd"),
    ),
    "generic": (
        shaped("{n40}"),
        ("API_KEY", "client_secret", "auth_token", "SECRET_KEY", "accessToken", "api-key", "JWT_SECRET"),
    ),
    "generic_hex": (shaped("{h64}"), ("ENCRYPTION_KEY", "signing_secret", "SESSION_SECRET", "webhookSecret")),
}
"""Secrets that are known by the name they are assigned to."""

SPOKEN: tuple[tuple[str, str], ...] = (
    ("password", "the password is {}"),
    ("password", "my password: {}"),
    ("password", "Login: jdoe / Password: {}"),
    ("password", "das Passwort lautet {}"),
    ("password", "le mot de passe est {}"),
    ("password", "la contraseña es {}"),
    ("password", "пароль: {}"),
    ("password", "密码：{}"),
    ("password", "curl -u admin:{} https://build.pixelforge.dev/job"),
    ("password", "sshpass -p '{}' ssh ops@build"),
    ("password", "mysql -u root -p{} shop"),
    ("generic", "Authorization: Bearer {}"),
    ("generic", "the API key is {}"),
    ("generic", "X-Api-Key: {}"),
    ("generic", "curl -H 'x-api-key: {}' https://api.brightfarm.com/v2"),
)
"""(kind in `ASSIGNED`, sentence)"""
