"""How a company is bound in Spanish; see `redoubt.engine.effects.promises.form` for what a form is."""

import re

from redoubt.engine.effects.promises.form import Form, Language, form

_FORMS: tuple[Form, ...] = (
    form(
        "refund",
        0.88,
        r"\b(?:le|te|les|os) (?:vamos a |voy a )?(?:reembols\w{1,7}|devolv\w{1,7}|indemniz\w{1,7}|compens\w{1,7}"
        r"|abon\w{1,6})\b<GAP>(?:dinero|importe|íntegr\w{1,8}|total|<SUM>|compra|billete|cuenta|pedido)?"
        r"|\b(?:recibirá|recibirás|va a recibir|tiene derecho a|tienes derecho a|obtendrá)\b<GAP>(?:reembolso"
        r"|devolución|indemnización|compensación|<SUM>)",
    ),
    form(
        "refund",
        0.88,
        r"\b(?:he|hemos) (?:aprobado|aceptado|autorizado|concedido) (?:su|tu|el|la) (?:reembolso|reclamación"
        r"|solicitud|devolución|préstamo|crédito)|\b(?:su|tu) (?:reembolso|reclamación|devolución|préstamo"
        r"|solicitud)\b<GAP>(?:aprobad[oa]|concedid[oa]|garantizad[oa]|aceptad[oa])",
    ),
    form(
        "price",
        0.9,
        r"\b(?:se|te|le) (?:lo|la|los|las) (?:vendo|vendemos|dejo|dejamos|doy|damos|puedo vender"
        r"|podemos vender)\b<GAP>(?:por|a|en) (?:solo |sólo )?<SUM>|\b(?:su|tu|este|el) (?:precio|tarifa"
        r"|tipo)\b<GAP>(?:garantizad[oa]|congelad[oa]|fijad[oa]|bloquead[oa])",
    ),
    form(
        "discount",
        0.88,
        r"\b(?:le|te|les) (?:doy|damos|ofrezco|ofrecemos|aplico|aplicamos|aplicaré|aplicaremos|concedo|concedemos"
        r"|hago|hacemos|daré|daremos|haré|haremos)\b<GAP>(?:<PCT>|<SUM>|descuento|rebaja)(?:<GAP>(?:descuento"
        r"|rebaja))?|\b(?:recibirá|tendrá|obtendrá|recibirás|tendrás)\b<GAP>(?:<PCT>|<SUM>)<GAP>(?:descuento"
        r"|rebaja)",
    ),
    form(
        "legal",
        0.9,
        r"\b(?:le |te |les )?(?:garantizo|garantizamos|prometo|prometemos)\b|\b(?:me comprometo"
        r"|nos comprometemos) a\b|\blegalmente vinculante\b|\b(?:asumimos|asumiremos) (?:toda |la |plena |todos "
        r"|todas )<GAP>(?:responsabilidad|costes|costos|gastos)",
    ),
    form(
        "delivery",
        0.86,
        r"\b(?:(?:le |se lo )?entregaremos|(?:su|tu) \w{3,20} llegará|se lo enviamos)\b<GAP>(?:garantizado"
        r"|sin falta|como muy tarde|seguro|a más tardar)",
    ),
)

_DOUBTS = re.compile(
    r"\b(?:nunca|jamás|ningún|ninguna|cuando|podría|podríamos|quizás?|tal vez|siempre que|en caso|normalmente"
    r"|lamentablemente"
    r"|sujeto a|si|no)\b"
)
SPANISH = Language(
    re.compile(
        r"\b(?:le|te|les|os|he|hemos|su|tu|se|este|el|recibir\w+|va|tienes?|obtendr\w+|tendr\w+|garanti\w+"
        r"|promet\w+|me|nos|legalmente|asumi\w+|entregaremos)\b"
    ),
    _FORMS,
    _DOUBTS,
)
