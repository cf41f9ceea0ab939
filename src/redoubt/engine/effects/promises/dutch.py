"""How a company is bound in Dutch; see `redoubt.engine.effects.promises.form` for what a form is."""

import re

from redoubt.engine.effects.promises.form import Form, Language, form

_FORMS: tuple[Form, ...] = (
    form(
        "refund",
        0.88,
        r"\b(?:wij|we|ik) (?:zullen|zal|gaan|ga|kunnen|hebben|heb)?<GAP>\b(?:u|je|jou|uw|jouw|het"
        r"|de)\b<GAP>(?:terugbetalen|terugbetaald|terugstorten|teruggestort|vergoeden|vergoed|restitueren"
        r"|compenseren)\b|\b(?:wij|we|ik) (?:betalen|betaal|storten|stort|vergoeden|vergoed)\b<FAR>(?:terug\b"
        r"|volledig|schade|kosten|<SUM>)|\b(?:u|je) (?:krijgt|ontvangt|heeft recht op"
        r"|hebt recht op)\b<GAP>(?:terugbetaling|geld terug|vergoeding|compensatie|restitutie|<SUM>)",
    ),
    form(
        "refund",
        0.88,
        r"\b(?:ik heb|wij hebben|we hebben) (?:uw|je|jouw|de|het) (?:claim|aanvraag|terugbetaling|verzoek|lening"
        r"|hypotheek)\b<GAP>(?:goedgekeurd|toegekend|geaccepteerd)|\b(?:uw|je|jouw) (?:claim|aanvraag"
        r"|terugbetaling|lening)\b<GAP>(?:goedgekeurd|toegekend|gegarandeerd)",
    ),
    form(
        "price",
        0.9,
        r"\b(?:ik|wij|we) (?:verkoop|verkopen|geef|geven|kan|kunnen)\b<FAR>\bvoor (?:maar |slechts )?<SUM>|\b(?:uw"
        r"|je|deze|de) (?:prijs|tarief|rente)\b<GAP>(?:gegarandeerd|vastgezet|bevroren)",
    ),
    form(
        "discount",
        0.88,
        r"\b(?:ik|wij|we) (?:geef|geven|bied|bieden|pas|passen|verleen|verlenen|zal|zullen)\b<GAP>(?:<PCT>"
        r"|<SUM>)<GAP>korting|\b(?:u|je) (?:krijgt|ontvangt)\b<GAP>(?:<PCT>|<SUM>)<GAP>korting",
    ),
    form(
        "legal",
        0.9,
        r"\b(?:ik|wij|we) (?:garandeer|garanderen|beloof|beloven)\b|\bjuridisch bindend\b|\b(?:wij"
        r"|we) (?:aanvaarden|nemen) (?:alle|de volledige|volledige) (?:aansprakelijkheid|kosten)",
    ),
    form(
        "delivery",
        0.86,
        r"\b(?:wij leveren|we leveren|uw \w{3,20} (?:komt|wordt)|je \w{3,20} (?:komt|wordt))\b<GAP>(?:gegarandeerd"
        r"|zeker weten|uiterlijk|zonder mankeren)",
    ),
)

_DOUBTS = re.compile(
    r"\b(?:niet|geen|nooit|als|indien|wanneer|zodra|misschien|zou|zouden|mits|helaas|meestal)\b"
)
DUTCH = Language(
    re.compile(r"\b(?:wij|we|ik|u|je|uw|jouw|deze|de|juridisch)\b"),
    _FORMS,
    _DOUBTS,
)
