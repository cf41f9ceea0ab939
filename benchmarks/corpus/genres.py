"""The kinds of text in which values turn up: prose, forms, tables, settings, code, logs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from benchmarks.corpus import decoys
from benchmarks.corpus.personal import FIRST, LAST

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One value: its type, the names a field of it has, and the sentences it stands in."""

    kind: str
    value: str
    names: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(slots=True)
class Document:
    """A text in the making, with the spans of what it holds."""

    text: str = ""
    spans: list[Span] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Write what is nobody's secret."""
        self.text += text

    def put(self, item: Item, form: str = "{}") -> None:
        """Write a value, in a form in which ``{}`` stands for it."""
        before, _, after = form.partition("{}")
        start = len(self.text) + len(before)
        self.text += f"{before}{item.value}{after}"
        self.spans.append((start, start + len(item.value), item.kind))


_FILLER: dict[str, tuple[str, ...]] = {
    "en": (
        "Could you look into this before noon?",
        "The customer called twice and is quite upset.",
        "Please summarise the thread below.",
        "Thanks, and sorry for the rush.",
        "We tried turning it off and on again.",
        "Rewrite it in a friendlier tone.",
    ),
    "de": (
        "Können Sie das bitte bis Mittag prüfen?",
        "Der Kunde hat zweimal angerufen.",
        "Vielen Dank und beste Grüße.",
        "Fasse den Verlauf kurz zusammen.",
    ),
    "fr": (
        "Pouvez-vous vérifier avant midi ?",
        "Le client a appelé deux fois.",
        "Merci d'avance et bonne journée.",
        "Résume la conversation ci-dessous.",
    ),
    "es": (
        "¿Puede revisarlo antes del mediodía?",
        "El cliente llamó dos veces.",
        "Gracias y un saludo.",
        "Resume el hilo siguiente.",
    ),
    "it": (
        "Può controllare entro mezzogiorno?",
        "Il cliente ha chiamato due volte.",
        "Grazie e cordiali saluti.",
    ),
    "pt": (
        "Pode verificar até ao meio-dia?",
        "O cliente ligou duas vezes.",
        "Obrigado e cumprimentos.",
    ),
    "nl": (
        "Kunt u dit voor de middag nakijken?",
        "De klant heeft twee keer gebeld.",
        "Bedankt en groeten.",
    ),
    "pl": (
        "Czy możesz to sprawdzić do południa?",
        "Klient dzwonił dwa razy.",
        "Dziękuję i pozdrawiam.",
    ),
    "ru": (
        "Проверьте, пожалуйста, до обеда.",
        "Клиент звонил дважды.",
        "Спасибо и хорошего дня.",
    ),
    "tr": (
        "Öğleden önce bakabilir misiniz?",
        "Müşteri iki kez aradı.",
        "Teşekkürler.",
    ),
    "ja": (
        "正午までに確認をお願いします。",
        "お客様から二度電話がありました。",
        "よろしくお願いいたします。",
    ),
    "zh": (
        "请在中午之前确认一下。",
        "客户打了两次电话。",
        "谢谢，辛苦了。",
    ),
}
LANGUAGES = tuple(_FILLER)
Genre = Callable[[Random, Sequence[Item]], Document]


def _say(draw: Random, language: str = "en") -> str:
    return draw.choice(_FILLER[language])


def _name(draw: Random) -> str:
    return f"{draw.choice(FIRST).title()} {draw.choice(LAST).title()}"


def _sentence(draw: Random, doc: Document, item: Item) -> None:
    doc.put(item, draw.choice(item.sentences))


def _prompt(draw: Random, items: Sequence[Item]) -> Document:
    doc = Document(_say(draw) + " ")
    for item in items:
        _sentence(draw, doc, item)
        doc.add(draw.choice((". ", ", and ", " - ", "\n", "; ")) + _say(draw) + " ")
    return doc


def _foreign(draw: Random, items: Sequence[Item]) -> Document:
    language = draw.choice(LANGUAGES[1:])
    doc = Document(_say(draw, language) + " ")
    for item in items:
        _sentence(draw, doc, item)
        doc.add(
            draw.choice((". ", "\n", ", ", "。" if language in ("ja", "zh") else ". "))
            + _say(draw, language)
            + " "
        )
    return doc


def _mail(draw: Random, items: Sequence[Item]) -> Document:
    doc = Document(
        f"Subject: Re: ticket {draw.randint(1000, 99999)}\nDate: Tue, 14 May 2024 09:12:44 +0200\n\nHi {_name(draw)},\n\n"
    )
    for item in items:
        _sentence(draw, doc, item)
        doc.add(f".\n{_say(draw)}\n")
    doc.add(f"> {decoys.line(draw)}\n\n--\n{_name(draw)}\nSenior {draw.choice(('Analyst', 'Engineer'))}\n")
    return doc


def _chat(draw: Random, items: Sequence[Item]) -> Document:
    doc, who = Document(), [draw.choice(FIRST), draw.choice(FIRST)]
    for i, item in enumerate(items):
        doc.add(
            f"[{9 + i}:{draw.randint(10, 59)}] {who[i % 2]}: {_say(draw)}\n[{9 + i}:59] {who[1 - i % 2]}: "
        )
        _sentence(draw, doc, item)
        doc.add(draw.choice((" lol", " ok?", "", " 👍")) + "\n")
    return doc


def _csv(draw: Random, items: Sequence[Item]) -> Document:
    mark = draw.choice(",;\t|")
    names = [item.names[0] for item in items]
    doc = Document(mark.join(["id", "name", *names, "note"]) + f"\n{draw.randint(1, 999)}{mark}{_name(draw)}")
    for item in items:
        doc.add(mark)
        doc.put(item, '"{}"' if mark in item.value or draw.random() < 0.2 else "{}")
    doc.add(f"{mark}ok\n")
    return doc


def _json(draw: Random, items: Sequence[Item]) -> Document:
    tight = draw.random() < 0.5
    gap, colon = ("", ":") if tight else ("\n  ", ": ")
    doc = Document(f'{{{gap}"id"{colon}{draw.randint(1, 10**6)}')
    for item in items:
        doc.add(f",{gap}")
        doc.put(
            Item(item.kind, item.value.replace("\n", "\\n"), (), ()),
            f'"{draw.choice(item.names)}"{colon}"{{}}"',
        )
    doc.add(f',{gap}"active"{colon}true{"" if tight else chr(10)}}}')
    return doc


def _yaml(draw: Random, items: Sequence[Item]) -> Document:
    doc = Document(f"service:\n  name: {draw.choice(LAST)}-api\n  replicas: {draw.randint(1, 9)}\n")
    for item in items:
        if "\n" in item.value:
            value = item.value.replace("\n", "\n    ")
            doc.put(Item(item.kind, value, (), ()), f"  {item.names[0]}: |\n    {{}}\n")
        else:
            doc.put(item, f"  {draw.choice(item.names)}: " + draw.choice(("{}", '"{}"', "'{}'")) + "\n")
    doc.add(f"  image: registry.pixelforge.dev/app:{draw.randint(1, 9)}.2.0\n")
    return doc


def _env(draw: Random, items: Sequence[Item]) -> Document:
    doc = Document("# settings\nDEBUG=false\nPORT=8080\n")
    for item in items:
        name = item.names[0].upper().replace("-", "_").replace(" ", "_")
        doc.put(
            item,
            f"{draw.choice(('', 'export '))}{name}="
            + ('"{}"' if " " in item.value or "\n" in item.value or draw.random() < 0.3 else "{}")
            + "\n",
        )
    doc.add("LOG_LEVEL=info\n")
    return doc


def _python(draw: Random, items: Sequence[Item]) -> Document:
    doc = Document(f"import os\n\nRETRIES = {draw.randint(1, 9)}\n\ndef load(path):\n    client = Client(\n")
    for item in items:
        quote = '"""' if "\n" in item.value else draw.choice("\"'") if "'" not in item.value else '"'
        name = item.names[-1].lower().replace("-", "_").replace(" ", "_")
        doc.put(item, f"        {name}={quote}{{}}{quote},\n")
    doc.add("    )\n    return client.fetch(path, timeout=30)\n")
    return doc


def _javascript(draw: Random, items: Sequence[Item]) -> Document:
    doc = Document(f"const config = {{\n  retries: {draw.randint(1, 9)},\n")
    for item in items:
        name = item.names[-1].replace("-", "_").replace(" ", "_")
        doc.put(item, f"  {name}: `{{}}`,\n")
    doc.add("};\nexport default config;\n")
    return doc


def _log(draw: Random, items: Sequence[Item]) -> Document:
    doc = Document()
    for item in items:
        doc.add(
            f"2024-05-{draw.randint(10, 28)}T08:{draw.randint(10, 59)}:07.{draw.randint(100, 999)}Z INFO [worker-{draw.randint(1, 9)}] "
        )
        doc.put(item, f"{draw.choice(item.names)}={{}} status={draw.choice((200, 404, 502))}\n")
        doc.add(f"2024-05-02T08:11:07Z DEBUG {decoys.line(draw)}\n")
    return doc


def _markdown(draw: Random, items: Sequence[Item]) -> Document:
    doc = Document(f"## Hand-over {draw.choice(LAST).title()}\n\n| field | value |\n| --- | --- |\n")
    for item in items:
        doc.put(
            Item(item.kind, item.value.replace("\n", " "), (), ()),
            f"| {draw.choice(item.names)} | " + draw.choice(("{}", "`{}`", "**{}**")) + " |\n",
        )
    return doc


def _xml(draw: Random, items: Sequence[Item]) -> Document:
    doc = Document('<?xml version="1.0"?>\n<record>\n')
    for item in items:
        name = draw.choice(item.names).replace(" ", "_")
        doc.put(
            item,
            f"  <{name}>{{}}</{name}>\n"
            if draw.random() < 0.7
            else f'  <field name="{name}" value="{{}}"/>\n',
        )
    doc.add("</record>\n")
    return doc


def _sql(draw: Random, items: Sequence[Item]) -> Document:
    columns = ", ".join(item.names[0].replace(" ", "_").replace("-", "_") for item in items)
    doc = Document(f"INSERT INTO customers (id, {columns}) VALUES ({draw.randint(1, 9999)}")  # noqa: S608 (text)
    for item in items:
        doc.put(item, ", '{}'")
    doc.add(");\n")
    return doc


def _form(draw: Random, items: Sequence[Item]) -> Document:
    doc = Document(f"CUSTOMER RECORD\nName: {_name(draw)}\n")
    for item in items:
        doc.put(item, f"{draw.choice(item.names).replace('_', ' ').title()}: {{}}\n")
    doc.add(f"Notes: {_say(draw)}\n{decoys.line(draw)}\n")
    return doc


GENRES: dict[str, Genre] = {
    "prompt": _prompt,
    "foreign": _foreign,
    "mail": _mail,
    "chat": _chat,
    "csv": _csv,
    "json": _json,
    "yaml": _yaml,
    "env": _env,
    "python": _python,
    "javascript": _javascript,
    "log": _log,
    "markdown": _markdown,
    "xml": _xml,
    "sql": _sql,
    "form": _form,
}
