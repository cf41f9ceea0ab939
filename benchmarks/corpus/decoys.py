"""What only looks like something to hide: numbers, codes and encoded data of everyday texts."""

import base64
from random import Random

from benchmarks.corpus.checks import luhn
from benchmarks.corpus.personal import fill
from benchmarks.corpus.secrets import B64, HEX, shaped


def _hex(draw: Random, size: int) -> str:
    return "".join(draw.choices(HEX, k=size))


def _invalid_card(draw: Random) -> str:
    number = luhn(fill(draw, "4##############"))
    return number[:-1] + str((int(number[-1]) + draw.randint(1, 9)) % 10)


def _ean(draw: Random) -> str:
    number = fill(draw, draw.choice(("978##########"[:12], "400#########", "590#########")))
    return number + str(-sum(int(d) * (1 + 2 * (i % 2)) for i, d in enumerate(number)) % 10)


_NOUNS = ["kettle", "lamp", "drill", "shelf", "desk", "router", "cable", "mirror", "carpet", "blender"]


def line(draw: Random) -> str:
    """Make up a sentence or line with one decoy in it."""
    form = draw.choice(_FORMS)
    noun = draw.choice(_NOUNS)
    return form.format(
        noun=noun,
        bad_card=_invalid_card(draw),
        ean=_ean(draw),
        sha1=_hex(draw, 40),
        sha7=_hex(draw, 7),
        sha256=_hex(draw, 64),
        md5=_hex(draw, 32),
        uuid=f"{_hex(draw, 8)}-{_hex(draw, 4)}-4{_hex(draw, 3)}-9{_hex(draw, 3)}-{_hex(draw, 12)}",
        epoch=draw.randint(1500000000, 1790000000),
        millis=draw.randint(1500000000000, 1790000000000),
        order=fill(
            draw, draw.choice(("7########", "#########", "12##-####-####", "PO-######", "SO#########"))
        ),
        track=fill(
            draw,
            draw.choice(("1Z@@@####@########", "94001########0########", "JD01460########", "RR#########DE")),
        ),
        version=f"{draw.randint(0, 20)}.{draw.randint(0, 40)}.{draw.randint(0, 99)}",
        build=f"{draw.randint(1, 9)}.{draw.randint(10, 40)}.{draw.randint(1000, 9999)}.{draw.randint(300, 999)}",
        price=f"{draw.randint(1, 9999)}.{draw.randint(0, 99):02d}",
        part=fill(draw, draw.choice(("@@-###-####", "###-####-@", "@##-####-##", "###.###.###-@"))),
        lat=f"{draw.uniform(-60, 60):.2f}",
        flight=fill(draw, draw.choice(("LH####", "BA ###", "UA###"))),
        year=draw.randint(1990, 2030),
        n=draw.randint(3, 99999),
        big=draw.randint(10**11, 10**14),
        image=base64.b64encode(draw.randbytes(draw.randint(60, 240))).decode(),
        b64="".join(draw.choices(B64, k=76)),
        word=draw.choice(
            ("hunter", "placeholder", "changeme", "<your-password>", "${DB_PASSWORD}", "xxxxxxxx", "********")
        ),
        sri=shaped("{b64}")(draw),
    )


_FORMS = (
    "Order {order} with the {noun} shipped yesterday.",
    "Tracking number {track}, expected Friday.",
    "ISBN-13 {ean} is out of print.",
    "EAN {ean}: {noun}, 12 in stock",
    "commit {sha1} broke the {noun} page",
    "See {sha7}..{sha7} for the diff.",
    "sha256:{sha256}  {noun}.tar.gz",
    "md5 checksum {md5} does not match",
    'ETag: "{md5}"',
    "request_id={uuid} status=200 took {n}ms",
    "The session {uuid} expired.",
    'ts={epoch} level=info msg="{noun} restarted"',
    '"createdAt": {millis}, "id": {n}',
    "Upgrade {noun} from {version} to {version}.",
    "Chrome/{build} Safari/537.36",
    "AssemblyVersion {build}",
    "It costs ${price} plus ${price} shipping, total EUR {n},{n}.",
    "Part {part} fits the {noun}.",
    "Model no. {part} ({year})",
    "Flight {flight} leaves at 18:45 from gate B{n}.",
    "Invoice {order} of {year}-03-14 is unpaid.",
    "Revenue grew from {big} to {big} in {year}.",
    "{n} * {n} = {big}",
    "The card number {bad_card} was refused as invalid.",
    "Reference {bad_card}",
    "![logo](data:image/png;base64,{image})",
    'integrity="sha384-{sri}"',
    "{b64}",
    "def f(x): return x*{n}+0x{sha7}  # {noun}",
    "for i in range({n}): total += {price} * i",
    "password = os.environ['DB_PASSWORD']",
    "password: {word}",
    "api_key = config.get('api_key')",
    "const token = await getToken(req.headers.authorization);",
    "if (password.length < 8) throw new Error('password too short');",
    "Use AKIA-style ids, e.g. AKIAXXXXXXXXXXXXXXXX",
    "export OPENAI_API_KEY=sk-...",
    "postgres://user:password@localhost:5432/db",
    "the regex \\d{{3}}-\\d{{2}}-\\d{{4}} matches it",
    "Listening on 127.0.0.1:8080 and 0.0.0.0:443",
    "a/b testing @ 50% :: see section 3.2.1.4",
    "@app.route('/{noun}') def {noun}(): pass",
    "Room 415-2210, building {n}, floor {n}",
    "Pages {n}-{n}, vol. {n}, doi:10.1016/j.cell.{year}.04.021",
    "score 3-1, 21-19, 15-21; odds 2.50",
    "Temperature {lat} at {year}-01-02T03:04:05.678Z",
    "mac builds for arm64-apple-darwin{version}",
    '!function(e,t){{var n={n},r=e["{sha7}"]||{{}};return t.x=n<<{n},r}}(this,{n});',
    "color: #{sha7}; margin: 0 {n}px; z-index: {n}",
    "Case {year}-{n} was closed after {n} days.",
    "SKU {n}-{n}-{n}, batch L{epoch}",
    "The meeting is on {year}-06-17 at 10:30, room {n}.",
    "Born to Run was released in 1975.",
    "Dial 112 or 911 in an emergency; the hotline is open 24/7.",
    "RFC 2616, ISO 27001:2022, DIN EN 60950-1, CVE-{year}-{n}",
    "Win32 error 0x8007{sha7}, event {n}",
    "x = [{n}, {n}, {n}, {price}, {price}]",
    "{year}年6月 第{n}号 売上 {big}円",
    "Bestellnummer {order}, Artikel {ean}, Kundennr. {n}",
    "Numéro de commande {order}, suivi {track}",
    "Número de pedido {order} del {year}",
    "Номер заказа {order}, сумма {price} руб.",
    "订单号{order}，金额{price}元",
    "@john_doe and @maria mentioned #{n} in v{version}",
    "user.name@ is not an address, nor is @example",
    "pip install {noun}=={version} --hash=sha256:{sha256}",
    '"resolved": "https://registry.npmjs.org/{noun}/-/{noun}-{version}.tgz", "integrity": "sha512-{sri}"',
    "trace_id={md5} span_id={sha7}{sha7}",
)
