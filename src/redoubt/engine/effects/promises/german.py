"""How a company is bound in German; see `redoubt.engine.effects.promises.form` for what a form is."""

import re

from redoubt.engine.effects.promises.form import Form, Language, form

_FORMS: tuple[Form, ...] = (
    form(
        "refund",
        0.88,
        r"\b(?:ich|wir) (?:werden? )?(?:ihnen|dir|euch)?<GAP>(?:den|die|das|ihr|ihre|ihren|einen|eine|<SUM>"
        r"|voll)<GAP>(?:erstatten|erstatte|zurückzahlen|zurückerstatten|zurückerstattet|rückerstatten|gutschreiben"
        r"|vergüten)\b|\b(?:ich|wir) (?:erstatte|erstatten|zahle|zahlen|vergüte|vergüten|schreibe"
        r"|schreiben) (?:ihnen|dir|euch)\b<FAR>(?:betrag|geld|preis|kosten|<SUM>|gut\b|zurück)",
    ),
    form(
        "refund",
        0.88,
        r"\b(?:(?:sie|du) (?:erhalten|bekommen|kriegst|bekommst|erhältst|werden|haben anspruch auf)|(?:erhalten"
        r"|bekommen|erhältst|bekommst|haben) (?:sie|du))\b<GAP>(?:rückerstattung|erstattung|geld<GAP>zurück"
        r"|entschädigung|<SUM>)",
    ),
    form(
        "refund",
        0.88,
        r"\b(?:ihre?|der|die) (?:erstattung|rückerstattung|antrag|schadensmeldung|anspruch"
        r"|kredit)\b<GAP>(?:genehmigt|bewilligt|zugesagt|garantiert)|\b(?:ich|wir) habe?n? (?:ihren?|deinen?|die"
        r"|den) <GAP>(?:antrag|anspruch|erstattung|kredit|schaden)<GAP>(?:genehmigt|bewilligt|anerkannt)",
    ),
    form(
        "price",
        0.9,
        r"\b(?:ich|wir) (?:verkaufe|verkaufen|gebe|geben|überlasse|überlassen)\b<FAR>\bfür (?:nur )?<SUM>|\b(?:sie"
        r"|du) (?:können|kannst|bekommen|bekommst|kriegst)\b<GAP>\bfür (?:nur )?<SUM><GAP>(?:haben|kaufen"
        r"|bekommen)?",
    ),
    form(
        "price",
        0.86,
        r"\b(?:ihr|der|dieser) (?:preis|tarif|zinssatz)\b<GAP>(?:garantiert|fest zugesagt|eingefroren|fixiert"
        r"|zugesichert)",
    ),
    form(
        "discount",
        0.88,
        r"\b(?:ich|wir) (?:gebe|geben|gewähre|gewähren|räume|räumen|werde|werden|schenke|schenken)\b<GAP>(?:<PCT>"
        r"|<SUM>)<GAP>(?:rabatt|nachlass|preisnachlass)|\b(?:sie|du) (?:bekommen|erhalten|bekommst"
        r"|erhältst)\b<GAP>(?:<PCT>|<SUM>)<GAP>(?:rabatt|nachlass)",
    ),
    form(
        "legal",
        0.9,
        r"\b(?:ich|wir) (?:garantiere|garantieren|verspreche|versprechen|sichere|sichern|verpflichte"
        r"|verpflichten)\b(?: ihnen| dir| uns| mich| hiermit|,| das| den| die)|\b(?:rechtsverbindlich"
        r"|rechtlich bindend|verbindliche[sr]? (?:zusage|angebot))\b|\bwir übernehmen (?:die (?:volle )?haftung"
        r"|alle kosten|sämtliche kosten|die kosten)",
    ),
    form(
        "delivery",
        0.86,
        r"\b(?:wir liefern|ich liefere|ihre? \w{3,20} (?:kommt|wird|trifft))\b<GAP>(?:garantiert|auf jeden fall"
        r"|ganz sicher|spätestens)",
    ),
)

_DOUBTS = re.compile(
    r"\b(?:nicht|kein|keine|keinen|keiner|nie|niemals|leider|wenn|falls|sofern|sobald|könnten?|würden?"
    r"|möglicherweise|eventuell"
    r"|gegebenenfalls|ob|in der regel|normalerweise)\b"
)
GERMAN = Language(
    re.compile(r"\b(?:ich|wir|sie|du|ihre?|dein|der|dieser|rechts\w+|rechtlich|verbindliche\w?)\b"),
    _FORMS,
    _DOUBTS,
)
