"""How a company is bound in Italian; see `redoubt.engine.effects.promises.form` for what a form is."""

import re

from redoubt.engine.effects.promises.form import Form, Language, form

_FORMS: tuple[Form, ...] = (
    form(
        "refund",
        0.88,
        r"\b(?:la|le|ti|vi) (?:rimbors\w{1,7}|risarci\w{1,7}|restitui\w{1,7}|accredit\w{1,7}"
        r"|indennizz\w{1,7})\b<GAP>(?:denaro|importo|intero|integralmente|<SUM>|somma|acquisto|biglietto|conto"
        r"|ordine)?|\b(?:riceverà|riceverai|otterrà|ha diritto a|hai diritto a|avrà)\b<GAP>(?:rimborso"
        r"|risarcimento|indennizzo|<SUM>)",
    ),
    form(
        "refund",
        0.88,
        r"\b(?:ho|abbiamo) (?:approvato|accettato|autorizzato|concesso) (?:il suo|la sua|il tuo|la tua|il"
        r"|la) (?:rimborso|richiesta|reclamo|prestito|mutuo)|\b(?:il suo|la sua|il tuo|la tua) (?:rimborso"
        r"|richiesta|reclamo|prestito)\b<GAP>(?:approvat[oa]|concess[oa]|garantit[oa]|accettat[oa])",
    ),
    form(
        "price",
        0.9,
        r"\b(?:gliel[oa]|glieli|te l[oa]) (?:vendo|vendiamo|lascio|lasciamo|do|diamo|posso vendere"
        r"|possiamo vendere)\b<GAP>(?:per|a) (?:solo |soli )?<SUM>|\b(?:il suo|il tuo|questo|il) (?:prezzo|tasso"
        r"|tariffa)\b<GAP>(?:garantit[oa]|bloccat[oa]|congelat[oa])",
    ),
    form(
        "discount",
        0.88,
        r"\b(?:le|ti|vi) (?:faccio|facciamo|offro|offriamo|applico|applichiamo|applicherò|applicheremo|concedo"
        r"|concediamo|farò|faremo|do|diamo)\b<GAP>(?:<PCT>|<SUM>|sconto)(?:<GAP>sconto)?|\b(?:riceverà|avrà"
        r"|otterrà|riceverai|avrai)\b<GAP>(?:<PCT>|<SUM>)<GAP>sconto",
    ),
    form(
        "legal",
        0.9,
        r"\b(?:le |ti |vi )?(?:garantisco|garantiamo|prometto|promettiamo)\b|\b(?:mi impegno|ci impegniamo) a\b"
        r"|\blegalmente vincolante\b|\bci assumiamo (?:la|ogni|tutt[aei]|piena) <GAP>(?:responsabilità|costi"
        r"|spese)",
    ),
    form(
        "delivery",
        0.86,
        r"\b(?:consegneremo|il suo \w{3,20} arriverà|la sua \w{3,20} arriverà"
        r"|glielo consegniamo)\b<GAP>(?:garantito|senza falta|senza meno|al più tardi|sicuramente)",
    ),
)

_DOUBTS = re.compile(
    r"\b(?:non|mai|nessun\w?|se|quando|qualora|potrebbe|potremmo|forse|salvo|purtroppo|di solito)\b"
)
ITALIAN = Language(
    re.compile(
        r"\b(?:la|le|ti|vi|riceverai?|ricever\w+|otterr\w+|ha|hai|avr\w+|ho|abbiamo|il|glie\w+|te|questo"
        r"|garanti\w+|promett\w+|mi|ci|legalmente|consegneremo)(?!\w)"
    ),
    _FORMS,
    _DOUBTS,
)
