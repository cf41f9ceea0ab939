"""Real documents, made by the libraries that people make them with."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

MAIL = "jane.doe@acme-widgets.com"
CARD = "4111 1111 1111 1111"
TEXT = f"mail {MAIL}\ncard {CARD}\n"


def zipped(members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def message() -> bytes:
    mail = EmailMessage()
    mail["From"] = MAIL
    mail["Subject"] = "Hello"
    mail.set_content(f"The card is {CARD}.")
    mail.add_alternative(f"<p>or jane.roe<b>@</b>acme-widgets.com</p><!-- {CARD} -->", subtype="html")
    mail.add_attachment(TEXT.encode(), maintype="application", subtype="octet-stream", filename="a.txt")
    return mail.as_bytes()


def mailbox() -> bytes:
    return b"From a Mon Jan 1\n" + message() + b"\n\nFrom b Tue Jan 2\n" + message()


def docx() -> bytes:
    import docx

    document: Any = docx.Document()
    document.add_paragraph(f"Write to {MAIL}")
    document.add_table(1, 1).cell(0, 0).text = CARD
    document.sections[0].header.paragraphs[0].text = "head jane.roe@acme-widgets.com"
    return _saved(document.save)


def pptx() -> bytes:
    import pptx

    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = f"Write to {MAIL}"
    slide.notes_slide.notes_text_frame.text = f"card {CARD}"
    return _saved(show.save)


def xlsx() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["email", "card"])
    book.active.append([MAIL, 4111111111111111])
    return _saved(book.save)


def parquet() -> bytes:
    import pyarrow
    from pyarrow import parquet as writer

    file = io.BytesIO()
    writer.write_table(
        pyarrow.table({"email": [None, MAIL], "card": [4111111111111111, 1], "seen": [True, False]}), file
    )
    return file.getvalue()


def pdf() -> bytes:
    text = f"BT /F1 12 Tf 72 700 Td (mail {MAIL} card {CARD}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n" % len(text) + text + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + content + b"endobj\n"
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start
    )


def _saved(save: Callable[[Any], Any]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


KINDS: dict[str, Callable[[], bytes]] = {
    "a.txt": TEXT.encode,
    "a.csv": lambda: f"email,card\n{MAIL},{CARD}\n".encode(),
    "a.html": lambda: f"<p>{MAIL}</p><i title='{CARD}'>x</i>".encode(),
    "a.eml": message,
    "a.mbox": mailbox,
    "a.docx": docx,
    "a.pptx": pptx,
    "a.xlsx": xlsx,
    "a.parquet": parquet,
    "a.pdf": pdf,
    "a.zip": lambda: zipped({"in/a.txt": TEXT.encode()}),
    "a.tar": lambda: tarred({"in/a.txt": TEXT.encode()}),
    "a.tar.gz": lambda: gzip.compress(tarred({"a.txt": TEXT.encode()})),
    "a.tgz": lambda: gzip.compress(tarred({"a.txt": TEXT.encode()})),
    "a.txt.gz": lambda: gzip.compress(TEXT.encode()),
    "a.txt.bz2": lambda: bz2.compress(TEXT.encode()),
    "a.txt.xz": lambda: lzma.compress(TEXT.encode()),
}
"""A document of each kind that holds `MAIL` and `CARD` (as a number where cells are numbers)."""
