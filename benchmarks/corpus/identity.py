"""Made-up national numbers of many countries, each with its own check digits, and the words people put before them."""

from random import Random

from benchmarks.corpus.checks import luhn, mod11_10, verhoeff, weighted
from benchmarks.corpus.personal import Maker, fill

_FISCAL_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def _date(draw: Random, form: str) -> str:
    year, month, day = draw.randint(1945, 1999), draw.randint(1, 12), draw.randint(1, 28)
    return form.format(y=year % 100, Y=year, m=month, d=day)


def _retry(draw: Random, number: str, check: int, make: Maker) -> str:
    """Append a check digit, or start again where the scheme gives none."""
    return f"{number}{check}" if 0 <= check <= 9 else make(draw)


def de_tax(draw: Random) -> str:
    """German tax id: eleven digits, one of the first ten twice, none of the others."""
    chosen = draw.sample("123456789", 9)
    chosen.insert(draw.randint(2, 9), draw.choice(chosen[:1]))
    text = mod11_10("".join(chosen))
    return draw.choice((text, f"{text[:2]} {text[2:5]} {text[5:8]} {text[8:]}"))


def fr_nir(draw: Random) -> str:
    """French social security number."""
    number = (
        draw.choice("12")
        + _date(draw, "{y:02d}{m:02d}")
        + fill(draw, "75")
        + f"{draw.randint(1, 119):03d}"
        + fill(draw, "2##")
    )
    key = f"{97 - int(number) % 97:02d}"
    return draw.choice(
        (
            number + key,
            f"{number[0]} {number[1:3]} {number[3:5]} {number[5:7]} {number[7:10]} {number[10:]} {key}",
        )
    )


def es_dni(draw: Random) -> str:
    """Spanish DNI."""
    number = fill(draw, "4#######")
    return number + draw.choice(("", "-")) + "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def es_nie(draw: Random) -> str:
    """Spanish foreigners' number."""
    number = fill(draw, "#######")
    first = draw.randint(0, 2)
    return "XYZ"[first] + number + "TRWAGMYFPDXBNJZSQVHLCKE"[int(f"{first}{number}") % 23]


def it_fiscal(draw: Random) -> str:
    """Italian codice fiscale."""
    text = "".join(draw.choices("BCDFGLMNPRSTV", k=6)) + _date(draw, "{y:02d}") + draw.choice("ABCDEHLMPRST")
    text += f"{draw.randint(1, 28):02d}" + draw.choice(("H501", "F205", "L219"))
    total = 0
    for place, letter in enumerate(text):
        value = int(letter) if letter.isdigit() else ord(letter) - 65
        total += value if place % 2 else _FISCAL_ODD[value]
    return text + chr(65 + total % 26)


def nl_bsn(draw: Random) -> str:
    """Dutch citizen service number (eleven test)."""
    number = fill(draw, "1#######")
    return _retry(draw, number, weighted(number, range(9, 1, -1)) % 11, nl_bsn)


def be_rn(draw: Random) -> str:
    """Belgian national register number."""
    number = _date(draw, "{y:02d}{m:02d}{d:02d}") + f"{draw.randint(1, 997):03d}"
    check = f"{97 - int(number) % 97:02d}"
    return draw.choice((number + check, f"{number[:2]}.{number[2:4]}.{number[4:6]}-{number[6:]}.{check}"))


def pl_pesel(draw: Random) -> str:
    """Polish PESEL."""
    number = _date(draw, "{y:02d}{m:02d}{d:02d}") + fill(draw, "####")
    return number + str(-weighted(number, (1, 3, 7, 9) * 3) % 10)


def se_pnr(draw: Random) -> str:
    """Swedish personal number."""
    number = luhn(_date(draw, "{y:02d}{m:02d}{d:02d}") + fill(draw, "###"))
    return draw.choice((f"{number[:6]}-{number[6:]}", f"19{number[:6]}-{number[6:]}", f"19{number}"))


def fi_hetu(draw: Random) -> str:
    """Finnish personal identity code."""
    date, serial = _date(draw, "{d:02d}{m:02d}{y:02d}"), f"{draw.randint(2, 899):03d}"
    return f"{date}-{serial}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(date + serial) % 31]}"


def no_fnr(draw: Random) -> str:
    """Norwegian birth number."""
    number = _date(draw, "{d:02d}{m:02d}{y:02d}") + f"{draw.randint(0, 499):03d}"
    first = -weighted(number, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -weighted(f"{number}{first}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11 if first < 10 else 10
    return no_fnr(draw) if 10 in (first, second) else f"{number}{first}{second}"


def dk_cpr(draw: Random) -> str:
    """Danish CPR number (no check digit since 2007)."""
    return _date(draw, "{d:02d}{m:02d}{y:02d}") + "-" + fill(draw, "2###")


def uk_nino(draw: Random) -> str:
    """British national insurance number."""
    text = draw.choice(("AB", "JN", "PX", "SH", "CE")) + fill(draw, "######") + draw.choice("ABCD")
    return draw.choice((text, f"{text[:2]} {text[2:4]} {text[4:6]} {text[6:8]} {text[8]}"))


def uk_nhs(draw: Random) -> str:
    """British NHS number."""
    number = fill(draw, "4########")
    check = 11 - weighted(number, range(10, 1, -1)) % 11
    text = _retry(draw, number, 0 if check == 11 else check, lambda d: uk_nhs(d).replace(" ", ""))
    return f"{text[:3]} {text[3:6]} {text[6:]}"


def pt_nif(draw: Random) -> str:
    """Portuguese tax number."""
    number = fill(draw, "2#######")
    check = 11 - weighted(number, range(9, 1, -1)) % 11
    return f"{number}{check if check < 10 else 0}"


def ch_ahv(draw: Random) -> str:
    """Swiss AHV number (EAN-13)."""
    number = fill(draw, "756#########")
    text = number + str(-weighted(number, (1, 3) * 6) % 10)
    return f"{text[:3]}.{text[3:7]}.{text[7:11]}.{text[11:]}"


def br_cpf(draw: Random) -> str:
    """Brazilian CPF."""
    number = fill(draw, "1########")
    for length in (10, 11):
        check = weighted(number, range(length, 1, -1)) * 10 % 11
        number += str(check % 10)
    return draw.choice((number, f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"))


def br_cnpj(draw: Random) -> str:
    """Brazilian company number."""
    number = fill(draw, "########0001")
    for _ in "12":
        check = -weighted(number[::-1], (2, 3, 4, 5, 6, 7, 8, 9) * 2) % 11
        number += str(check % 10 if check < 10 else 0)
    return f"{number[:2]}.{number[2:5]}.{number[5:8]}/{number[8:12]}-{number[12:]}"


def mx_curp(draw: Random) -> str:
    """Mexican CURP."""
    text = (
        "GAXR"
        + _date(draw, "{y:02d}{m:02d}{d:02d}")
        + draw.choice("HM")
        + "DFRML"
        + draw.choice("0123456789")
    )
    signs = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    total = sum(signs.index(c) * (18 - i) for i, c in enumerate(text))
    return text + str(-total % 10)


def cl_rut(draw: Random) -> str:
    """Chilean RUT."""
    number = fill(draw, "1#######")
    check = "0123456789K0"[11 - weighted(number[::-1], (2, 3, 4, 5, 6, 7) * 2) % 11]
    check = "0" if weighted(number[::-1], (2, 3, 4, 5, 6, 7) * 2) % 11 == 0 else check
    return f"{number[:2]}.{number[2:5]}.{number[5:]}-{check}"


def ar_cuit(draw: Random) -> str:
    """Argentine CUIT."""
    number = fill(draw, "20########")
    check = -weighted(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return f"{number[:2]}-{number[2:]}-{check}" if check < 10 else ar_cuit(draw)


def in_aadhaar(draw: Random) -> str:
    """Indian Aadhaar number."""
    text = verhoeff(fill(draw, "7##########"))
    return draw.choice((text, f"{text[:4]} {text[4:8]} {text[8:]}"))


def in_pan(draw: Random) -> str:
    """Indian permanent account number."""
    return fill(draw, "@@@P@####@")


def cn_resident(draw: Random) -> str:
    """Chinese resident identity number (ISO 7064, MOD 11-2)."""
    number = "110105" + _date(draw, "{Y}{m:02d}{d:02d}") + fill(draw, "###")
    return number + "10X98765432"[sum(int(c) * (1 << (17 - i)) for i, c in enumerate(number)) % 11]


def jp_my_number(draw: Random) -> str:
    """Japanese My Number."""
    number = fill(draw, "###########")
    rest = weighted(number[::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)) % 11
    text = number + str(0 if rest <= 1 else 11 - rest)
    return f"{text[:4]} {text[4:8]} {text[8:]}"


def kr_rrn(draw: Random) -> str:
    """South Korean resident registration number, of before October 2020."""
    number = _date(draw, "{y:02d}{m:02d}{d:02d}") + fill(draw, "1#####")
    text = number + str((11 - weighted(number, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10)
    return f"{text[:6]}-{text[6:]}"


def sg_nric(draw: Random) -> str:
    """Singaporean NRIC."""
    number = fill(draw, "#######")
    return f"S{number}{'JZIHGFEDCBA'[weighted(number, (2, 7, 6, 5, 4, 3, 2)) % 11]}"


def tw_id(draw: Random) -> str:
    """Taiwanese identity card."""
    number = draw.choice("12") + fill(draw, "#######")
    total = 1 + 0 * 9 + weighted(number, range(8, 0, -1))  # A is 10
    return f"A{number}{-total % 10}"


def au_tfn(draw: Random) -> str:
    """Australian tax file number."""
    number = fill(draw, "1#######")
    for last in "0123456789":
        if weighted(number + last, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0:
            return f"{number[:3]} {number[3:6]} {number[6:]}{last}"
    return au_tfn(draw)


def ca_sin(draw: Random) -> str:
    """Canadian social insurance number."""
    number = luhn(fill(draw, "4#######"))
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def za_id(draw: Random) -> str:
    """South African identity number."""
    return luhn(_date(draw, "{y:02d}{m:02d}{d:02d}") + fill(draw, "5###08"))


def il_id(draw: Random) -> str:
    """Israeli identity number."""
    return luhn(fill(draw, "3#######"))


def tr_tckn(draw: Random) -> str:
    """Turkish identity number."""
    n = [int(c) for c in fill(draw, "2########")]
    tenth = (sum(n[0::2]) * 7 - sum(n[1::2])) % 10
    return "".join(map(str, [*n, tenth, (sum(n) + tenth) % 10]))


def ro_cnp(draw: Random) -> str:
    """Romanian CNP."""
    number = draw.choice("12") + _date(draw, "{y:02d}{m:02d}{d:02d}") + "40" + f"{draw.randint(1, 999):03d}"
    check = weighted(number, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return f"{number}{1 if check == 10 else check}"


def hr_oib(draw: Random) -> str:
    """Croatian OIB."""
    return mod11_10(fill(draw, "6#########"))


def bg_egn(draw: Random) -> str:
    """Bulgarian EGN."""
    number = _date(draw, "{y:02d}{m:02d}{d:02d}") + fill(draw, "###")
    return number + str(weighted(number, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10)


def ee_code(draw: Random) -> str:
    """Estonian personal code."""
    number = draw.choice("34") + _date(draw, "{y:02d}{m:02d}{d:02d}") + fill(draw, "###")
    check = weighted(number, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if check == 10:
        check = weighted(number, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return f"{number}{check}"


def ru_inn(draw: Random) -> str:
    """Russian tax number of a person."""
    number = fill(draw, "77########")
    number += str(weighted(number, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)
    return number + str(weighted(number, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def ru_snils(draw: Random) -> str:
    """Russian insurance number."""
    number = fill(draw, "1########")
    check = weighted(number, range(9, 0, -1)) % 101 % 100
    return f"{number[:3]}-{number[3:6]}-{number[6:]} {check:02d}"


def th_id(draw: Random) -> str:
    """Thai identity number."""
    number = fill(draw, "3###########")
    text = number + str((11 - weighted(number, range(13, 1, -1)) % 11) % 10)
    return draw.choice((text, f"{text[0]}-{text[1:5]}-{text[5:10]}-{text[10:12]}-{text[12]}"))


def my_nric(draw: Random) -> str:
    """Malaysian identity card."""
    return _date(draw, "{y:02d}{m:02d}{d:02d}") + "-14-" + fill(draw, "5###")


def cz_rc(draw: Random) -> str:
    """Czech birth number."""
    number = _date(draw, "{y:02d}{m:02d}{d:02d}") + fill(draw, "###")
    if int(number[:2]) < 54 or int(number) % 11 == 10:
        return cz_rc(draw)
    return f"{number[:6]}/{number[6:]}{int(number) % 11}"


WORDS: tuple[tuple[str, Maker, tuple[str, ...]], ...] = (
    ("DE", de_tax, ("Meine Steuer-ID lautet {}", "Steueridentifikationsnummer: {}", "German tax ID {}")),
    ("FR", fr_nir, ("Mon numéro de sécurité sociale est le {}", "NIR : {}", "n° de sécu {}")),
    ("ES", es_dni, ("Mi DNI es {}", "DNI: {}", "con DNI número {}")),
    ("ES", es_nie, ("Su NIE es {}", "NIE {}", "número de extranjero {}")),
    ("IT", it_fiscal, ("Il mio codice fiscale è {}", "C.F. {}", "codice fiscale: {}")),
    ("NL", nl_bsn, ("Mijn BSN is {}", "burgerservicenummer {}", "BSN: {}")),
    ("BE", be_rn, ("Mijn rijksregisternummer is {}", "numéro national {}", "Belgian national number: {}")),
    ("PL", pl_pesel, ("Mój PESEL to {}", "PESEL: {}", "nr PESEL {}")),
    ("SE", se_pnr, ("Mitt personnummer är {}", "personnummer: {}", "Swedish personal number {}")),
    ("FI", fi_hetu, ("Henkilötunnus on {}", "hetu: {}", "Finnish personal identity code {}")),
    ("NO", no_fnr, ("Fødselsnummeret mitt er {}", "fødselsnummer: {}", "Norwegian personnummer {}")),
    ("DK", dk_cpr, ("Mit CPR-nummer er {}", "CPR: {}", "cpr nr. {}")),
    ("GB", uk_nino, ("my National Insurance number is {}", "NI number: {}", "NINO {}")),
    ("GB", uk_nhs, ("NHS number {}", "NHS no: {}", "patient's NHS number is {}")),
    ("PT", pt_nif, ("O meu NIF é {}", "NIF: {}", "contribuinte n.º {}")),
    ("CH", ch_ahv, ("AHV-Nummer {}", "Numéro AVS : {}", "meine AHV-Nr. ist {}")),
    ("BR", br_cpf, ("Meu CPF é {}", "CPF: {}", "inscrito no CPF sob o nº {}")),
    ("BR", br_cnpj, ("CNPJ {}", "CNPJ da empresa: {}")),
    ("MX", mx_curp, ("Mi CURP es {}", "CURP: {}")),
    ("CL", cl_rut, ("Mi RUT es {}", "RUT: {}")),
    ("AR", ar_cuit, ("CUIT {}", "Mi CUIL es {}")),
    ("IN", in_aadhaar, ("My Aadhaar number is {}", "Aadhaar: {}", "aadhar card no. {}")),
    ("IN", in_pan, ("PAN: {}", "my PAN card number is {}", "permanent account number {}")),
    ("CN", cn_resident, ("我的身份证号是{}", "身份证号码：{}", "Chinese ID card {}")),
    ("JP", jp_my_number, ("マイナンバーは{}です", "個人番号：{}", "my number (Japan): {}")),
    ("KR", kr_rrn, ("주민등록번호는 {}입니다", "주민등록번호: {}", "Korean resident registration number {}")),
    ("SG", sg_nric, ("My NRIC is {}", "NRIC: {}")),
    ("TW", tw_id, ("身分證字號：{}", "Taiwan ID number {}")),
    ("AU", au_tfn, ("my tax file number is {}", "TFN: {}")),
    ("CA", ca_sin, ("my SIN is {}", "Social Insurance Number: {}", "NAS : {}")),
    ("ZA", za_id, ("South African ID number {}", "SA ID: {}", "my ID number is {} (South Africa)")),
    ("IL", il_id, ("תעודת זהות {}", "Teudat Zehut: {}", "Israeli ID number {}")),
    ("TR", tr_tckn, ("TC Kimlik No: {}", "T.C. kimlik numaram {}", "TCKN {}")),
    ("RO", ro_cnp, ("CNP: {}", "codul numeric personal {}")),
    ("HR", hr_oib, ("OIB: {}", "Moj OIB je {}")),
    ("BG", bg_egn, ("ЕГН: {}", "моето ЕГН е {}")),
    ("EE", ee_code, ("isikukood: {}", "Minu isikukood on {}")),
    ("RU", ru_inn, ("ИНН: {}", "Мой ИНН {}")),
    ("RU", ru_snils, ("СНИЛС: {}", "мой СНИЛС {}")),
    ("TH", th_id, ("เลขประจำตัวประชาชน {}", "Thai national ID {}")),
    ("MY", my_nric, ("MyKad {}", "No. IC: {}", "no. kad pengenalan {}")),
    ("CZ", cz_rc, ("rodné číslo {}", "Moje rodné číslo je {}")),
)
