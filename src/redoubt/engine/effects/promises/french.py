"""How a company is bound in French; see `redoubt.engine.effects.promises.form` for what a form is."""

import re

from redoubt.engine.effects.promises.form import Form, Language, form

_FORMS: tuple[Form, ...] = (
    form(
        "refund",
        0.88,
        r"\b(?:nous|je|on) (?:vous |t')?(?:allons |vais |va )?(?:vous )?(?:rembours\w{1,6}|indemnis\w{1,6}"
        r"|dédommag\w{1,8}|crédit\w{1,6})\b<GAP>(?:intégralement|totalité|montant|achat|<SUM>|commande|billet"
        r"|frais|somme|compte|préjudice)|\bvous (?:serez|allez être|êtes) (?:intégralement "
        r"|entièrement )?(?:remboursée?s?|indemnisée?s?|dédommagée?s?)\b|\bvous (?:recevrez|allez recevoir"
        r"|obtiendrez|avez droit à)\b<GAP>(?:remboursement|indemnisation|compensation|<SUM>|dédommagement)",
    ),
    form(
        "refund",
        0.88,
        r"\b(?:j'ai|nous avons) (?:approuvé|accepté|validé|accordé) (?:votre|le|ce) (?:remboursement|demande"
        r"|réclamation|dossier|prêt|crédit)|\bvotre (?:remboursement|demande de remboursement|réclamation"
        r"|prêt)\b<GAP>(?:approuvée?|accordée?|garantie?|acceptée?)",
    ),
    form(
        "price",
        0.9,
        r"\b(?:je|nous) (?:peux |pouvons |vais |allons )?(?:vous )?(?:le |la |les )?(?:vends?|vendons|vendre"
        r"|laisse|laissons|laisser|cède|cédons|céder)\b<FAR>(?:pour|à) (?:seulement )?<SUM>|\b(?:votre|ce"
        r"|le) (?:prix|tarif|taux)\b<GAP>(?:garantie?|bloquée?|gelée?|verrouillée?)",
    ),
    form(
        "discount",
        0.88,
        r"\b(?:je|nous) (?:vous )?(?:accord\w{1,5}|offr\w{1,5}|appliqu\w{1,5}|fais|faisons|donn\w{1,4}|consens"
        r"|consentons|vais vous \w{3,10}|allons vous \w{3,10})\b<GAP>(?:<PCT>|<SUM>|remise|réduction|rabais"
        r"|ristourne)(?:<GAP>(?:remise|réduction|rabais|ristourne))?|\bvous (?:bénéficiez|bénéficierez|aurez"
        r"|recevrez) <GAP>(?:<PCT>|<SUM>)<GAP>(?:remise|réduction|rabais)",
    ),
    form(
        "legal",
        0.9,
        r"\b(?:je|nous)(?: vous)? (?:garantis|garantissons|promets|promettons|assurons contractuellement"
        r"|engageons)\b|\bje m'engage\b|\bnous nous engageons\b|\bjuridiquement contraignante?\b|\bnous (?:prenons"
        r"|prendrons) en charge (?:tous|toutes|l'ensemble|la totalité)",
    ),
    form(
        "delivery",
        0.86,
        r"\b(?:nous (?:livrerons|livrons)|votre \w{3,20} (?:arrivera|sera livrée?))\b<GAP>(?:garanti|sans faute"
        r"|au plus tard|promis|à coup sûr)",
    ),
)

_DOUBTS = re.compile(
    r"\b(?:ne|n'[a-zé]{1,12}|pas|jamais|aucun|aucune|si|s'il|lorsque|quand|dès que|pourrait|pourrions|pourriez|peut-être"
    r"|éventuellement|sous réserve|en général|malheureusement)\b"
)
FRENCH = Language(
    re.compile(r"\b(?:nous|je|on|vous|j'ai|votre|ce|le|juridiquement)\b"),
    _FORMS,
    _DOUBTS,
)
