"""Telephone numbers, by the number plans that python-phonenumbers (Google's libphonenumber) knows.

What is "possible" by the plan is accepted, not only what is assigned, so that the numbers set aside for fiction
and documentation (such as 555-0100 to 555-0199 in North America) are found: people write them where real ones go.
"""

from redoubt.engine.detect.validators.numbers import digits, not_repeated

_MIN_DIGITS, _MAX_DIGITS = 7, 15  # ITU-T E.164: at most 15; shorter than 7 are service numbers


def phone_international(text: str) -> bool:
    """Say whether ``text`` is a number in international form (``+`` or ``00`` and a country code)."""
    main = text.lower().partition("x")[0].partition("ext")[0].strip().replace("(0)", "")
    number = digits(main)
    if main.startswith("00"):
        number = number[2:]
    if number.startswith("011") and not main.startswith("+"):
        number = number[3:]
    if not 8 <= len(number) <= _MAX_DIGITS or not not_repeated(number[1:]) or len(set(number)) < 3:
        return False
    if len(number) == 13 and number.startswith("521"):  # Mexican mobiles carried a 1 until 2019
        number = "52" + number[3:]
    if number[0] == "1":
        return _nanp(number[1:])
    return _possible("+" + number)


def phone_nanp(text: str) -> bool:
    """Say whether ``text`` is a number of the North American plan: ten digits, perhaps after a 1."""
    number = digits(text.lower().partition("x")[0].partition("ext")[0])
    if len(number) == 11 and number[0] == "1":
        number = number[1:]
    return _nanp(number)


def _nanp(number: str) -> bool:
    """Area code and exchange start with 2 to 9; area codes do not have 9 in the middle; N11 are services (NANPA).

    Area code 555 is nobody's, and what people write in examples: any exchange will do.
    """
    if len(number) == 10 and number.startswith("555"):
        return len(set(number)) > 2
    return (
        len(number) == 10
        and "2" <= number[0] <= "9"
        and number[1] != "9"
        and number[1:3] != "11"
        and "2" <= number[3] <= "9"
        and number[4:6] != "11"
        and len(set(number)) > 2
    )


def phone_national(text: str) -> bool:
    """Say whether ``text`` could be a national number; where its form is common, the rule must ask for context.

    Dates, ranges of years, prices, addresses of networks and counted-up fillers are not.
    """
    number = digits(text)
    groups = "".join(c if "0" <= c <= "9" else " " for c in text).split()
    if not _MIN_DIGITS <= len(number) <= 13 or not not_repeated(number) or len(set(number)) < 3:
        return False
    return not (_dated(groups) or _range(groups) or (number[0] != "0" and _written_as_amount(text, groups)))


def _dated(groups: list[str]) -> bool:
    """Say whether the numbers begin like a date: 2024-01-15, 15/01/2024, 01.02.2024."""
    if len(groups) < 3:
        return False
    sizes = tuple(len(g) for g in groups[:3])
    first, second, third = (int(g) for g in groups[:3])
    if sizes[0] == 4 and sizes[1] <= 2 and sizes[2] <= 2:
        return 1900 <= first <= 2099 and second <= 12 and third <= 31
    if sizes[0] > 2 or sizes[1] > 2 or sizes[2] != 4:
        return False
    return 1900 <= third <= 2099 and first <= 31 and second <= 31


def _range(groups: list[str]) -> bool:
    """Say whether the numbers are a range of years or amounts (2019-2020, 3500-4000), a filler or a postal code."""
    sizes = [len(group) for group in groups]
    if sizes == [4, 4, 4] or (sizes == [5, 4] and groups[0][0] != "0"):  # an order, a US ZIP+4
        return True
    if len(groups) < 2 or len(groups[-1]) != len(groups[-2]) or len(groups[-1]) < 4:
        return False
    first, last = groups[-2:]
    years = all(len(g) == 4 and "1900" <= g <= "2099" for g in (first, last))
    return years or first == last or (len(groups) == 2 and first.endswith("00") and last.endswith("00"))


def _written_as_amount(text: str, groups: list[str]) -> bool:
    """Say whether ``text`` reads as a price, a ratio or an IPv4 address: 12000.00, 1.299.000, 50/100, 10.0.0.1."""
    marks = {c for c in text if not "0" <= c <= "9"}
    if marks == {"/"}:
        return len(groups) == 2
    if marks != {"."}:
        return False
    return len(groups) == 2 or len(groups) == 4 or all(len(g) == 3 for g in groups[1:])


def _possible(number: str) -> bool:
    # The library takes 0.1 s to import: only texts with a candidate pay for it.
    from phonenumbers import NumberParseException, is_possible_number, parse

    try:
        return is_possible_number(parse(number, None))
    except NumberParseException:
        return False
