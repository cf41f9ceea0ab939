"""How an assistant binds its company, in six languages: small grammars over one sentence.

A form is an actor, a verb that binds, and what is promised. Gaps between them are bounded, so that no sentence costs more than its length.
Every sentence is folded before: lower case, straight quotes, one blank between words.
"""

import re
from dataclasses import dataclass

from redoubt.engine.detect.views.family import Runs

_GAP = r"[^.;!?]{0,40}?"
_FAR = r"[^.;!?]{0,80}?"
_SUM = (
    r"(?:(?:us|a|c)?\$ ?\d[\d.,']{0,12}|[€£¥] ?\d[\d.,']{0,12}|(?:eur|usd|gbp|chf) ?\d[\d.,']{0,12}"
    r"|\d[\d.,']{0,12} ?(?:€|\$|£|(?:euros?|dollars?|usd|eur|pounds?|gbp|chf|francs?|franken)\b))"
)
_PERCENT = r"\d{1,3} ?(?:%|percent|prozent|pour ?cent|por ciento|per ?cento|procent)"


@dataclass(frozen=True, slots=True)
class Form:
    """One way to promise one kind of thing."""

    kind: str
    """The last word of the category ``commitment.<kind>``."""
    pattern: re.Pattern[str]
    confidence: float
    """Of the form alone."""
    denies: bool = False
    """Whether a denial is part of what is promised."""


def _form(kind: str, confidence: float, pattern: str, *, denies: bool = False) -> Form:
    for name, part in (("GAP", _GAP), ("FAR", _FAR), ("SUM", _SUM), ("PCT", _PERCENT)):
        pattern = pattern.replace(f"<{name}>", part)
    return Form(kind, re.compile(pattern), confidence, denies)


_WE = r"\b(?:we|i|our (?:team|company|store|shop)|the company)"
_WILL = r"(?:'ll|'m going to| will| shall| am going to| are going to| can| hereby| have| 've|'ve| am| are|'m|'re)?(?: (?:gladly|happily|certainly|definitely|of course|now|also|just|already|immediately|personally|hereby|be|been|happy to|able to|going to)){0,3}"

ENGLISH = (
    _form("refund", 0.88, rf"{_WE}{_WILL} (?:refund(?:ed|ing)?|reimburse[ds]?|reimbursing|credit(?:ed|ing)?|return(?:ed|ing)?|pay(?:ing)? back|paid back|compensat(?:e|ed|ing)|waiv(?:e|ed|ing)|revers(?:e|ed|ing)) (?:you|your|the|all|it|this|that|<SUM>)\b(?:<FAR>\b(?:money|amount|payment|purchase|price|cost|order|ticket|fee|fees|charge|charges|fare|full|account|card|loss|damage)\b|<FAR><SUM>)?"),
    _form("refund", 0.9, rf"{_WE}{_WILL} (?:issu(?:e|ed|ing)|process(?:ed|ing)?|approv(?:e|ed|ing)|grant(?:ed|ing)?|giv(?:e|en|ing)|gave|arrang(?:e|ed|ing)|offer(?:ed|ing)?|provid(?:e|ed|ing)|send(?:ing)?|sent|initiat(?:e|ed|ing)|authori[sz](?:e|ed|ing)) (?:you )?(?:a |an |the |your |this )?(?:full |complete |partial |immediate |one-time |<SUM> (?:in )?)?(?:refunds?|reimbursements?|compensation|chargeback|money back|store credit|credit|voucher)\b"),
    _form("refund", 0.9, r"\byou(?:'ll| will| shall| are going to|'re going to) (?:get|receive|be given|have|be paid|be refunded|be reimbursed|be compensated)\b<GAP>(?:refund|money back|reimbursement|compensation|in full|<SUM>|voucher)"),
    _form("refund", 0.86, r"\byou(?:'re| are) (?:fully |legally |absolutely |definitely )?(?:entitled to|owed|due|guaranteed)\b<GAP>(?:refund|compensation|reimbursement|<SUM>|replacement|money)"),
    _form("refund", 0.86, r"\b(?:your|the|this) (?:refund|claim|reimbursement|compensation|request for a refund|insurance claim)(?: of <SUM>)?(?: has been| is| was|'s been)(?: now| hereby| already)? (?:approved|granted|accepted|authori[sz]ed|guaranteed|confirmed)"),
    _form("refund", 0.88, r"\b(?:i|we)(?:'ve| have)?(?: just| now| already| hereby)? (?:approved?|accept(?:ed)?|grant(?:ed)?|authori[sz]ed?) (?:your|the|this) (?:claim|refund|application|loan|request|return|mortgage|reimbursement)\b"),
    _form("price", 0.92, rf"{_WE}{_WILL} (?:sell|give|let|offer|hand|lease|rent)(?:ing)? (?:it|this|that|you|the|one|them|him|her)\b<FAR>\bfor (?:only |just )?<SUM>"),
    _form("price", 0.88, rf"{_WE}{_WILL} (?:match|beat|honou?r|lock(?:ed)?(?: in)?|freez[e]|guarantee|hold|fix|reduce|lower|drop) (?:that|this|the|your|any|our) <GAP>(?:price|rate|offer|quote|fare|fee|premium)"),
    _form("price", 0.88, r"\b(?:your|this|that|the) (?:price|rate|quote|fare|premium|interest rate|monthly fee)(?: of <SUM>)?(?: is| has been|'s been|'s)(?: now| hereby)? (?:locked|locked in|guaranteed|fixed|frozen|confirmed|secured)"),
    _form("price", 0.9, r"\b(?:it|this|that|the \w{2,20}|your \w{2,20})(?:'s| is|'ll be| will be)(?: now)? (?:yours|sold to you|free for you) for (?:only |just )?<SUM>"),
    _form("price", 0.9, r"\byou (?:can|may|will|'ll) (?:have|get|buy|take|keep) (?:it|this|that|the \w{2,20}(?: \w{2,20})?) for (?:only |just )?(?:<SUM>|free)\b"),
    _form("price", 0.86, rf"{_WE}{_WILL} (?:not|never) (?:raise|increase|charge)\b<GAP>(?:price|rate|fee|you|premium)", denies=True),
    _form("discount", 0.88, rf"{_WE}{_WILL} (?:giv(?:e|en|ing)|offer(?:ed|ing)?|appl(?:y|ied|ying)|grant(?:ed|ing)?|add(?:ed|ing)?|provid(?:e|ed|ing)|extend(?:ed|ing)?|take|taken|knock(?:ed)?) (?:you |to you |your order )?(?:a |an |the |another |off |you a )?(?:<GAP>)(?:<PCT>|<SUM>|half)<GAP>(?:discount|off\b|rebate|reduction|price cut|coupon)"),
    _form("discount", 0.84, rf"{_WE}{_WILL} (?:appl(?:y|ied)|giv(?:e|en)|grant(?:ed)?|add(?:ed)?|honou?r) (?:you |your |the |a |an |this |that )<GAP>(?:discount|bereavement fare|bereavement rate|promo(?:tion)?(?: code)?|free upgrade|upgrade|coupon|rebate)\b"),
    _form("discount", 0.88, r"\byou(?:'ll| will|'ve| have) (?:get|receive|been given|got|be getting|have)\b<GAP>(?:<PCT>|<SUM>)<GAP>(?:discount|off\b|rebate)"),
    _form("legal", 0.97, r"\b(?:legally|contractually) binding\b<FAR>|\bno takes(?:ies)?[- ]?backs(?:ies)?\b|\bthat(?:'s| is) a (?:deal|done deal|promise|binding (?:offer|agreement))\b"),
    _form("legal", 0.9, r"\b(?:we|i)(?: hereby| can| do| will|'ll)? (?:guarantee|warrant|promise|pledge|swear)\b(?: to)?(?: you\b|<GAP>\b(?:you|your|yours|price|refund|delivery|quality|result|results|satisfaction|customers?|order|money|service|uptime|availability|return|returns|profit)\b)|\b(?:we|i)(?: hereby)? (?:give you (?:my|our) word|commit to you|assure you contractually)\b"),
    _form("legal", 0.65, r"\b(?:we|i)(?: hereby)? (?:guarantee|warrant|pledge)\b"),
    _form("legal", 0.88, r"\bwe(?:'ll| will)?(?: fully| hereby)? (?:accept|take|assume|admit)(?: full| all| complete)? (?:liability|legal responsibility|legal liability)\b|\bwe(?:'re| are) (?:fully |legally )?liable\b"),
    _form("legal", 0.86, r"\bwe(?:'ll| will) (?:cover|pay for|bear|absorb) (?:all|any|the|your|every)\b<GAP>(?:costs?|damages?|losses|expenses|repairs?|fees?|medical bills?|legal fees)"),
    _form("legal", 0.84, r"\b(?:this|that) (?:is|constitutes|counts as) (?:a|an|our) (?:binding|official|firm|formal) (?:offer|agreement|commitment|contract|guarantee|promise)"),
    _form("legal", 0.84, r"\byou(?:'re| are) (?:hereby )?(?:approved|pre-approved|accepted|hired|covered) (?:for|under|at|as)\b<GAP>(?:loan|mortgage|credit|policy|position|job|claim|card|<SUM>)"),
    _form("delivery", 0.88, rf"{_WE}{_WILL} (?:deliver(?:ed)?|ship(?:ped)?|send|get (?:it|this|them) to you|have (?:it|this) (?:with you|there|delivered)|replace|upgrade|expedite) <GAP>\b(?:by|tomorrow|today|tonight|within|before|no later than|free of charge|for free|at no (?:extra )?(?:cost|charge)|overnight)\b"),
    _form("delivery", 0.88, r"\b(?:it|your \w{2,20}|the \w{2,20}|this)(?: will|'ll) (?:definitely |certainly |absolutely )?(?:arrive|be delivered|be there|be with you|be ready|reach you|be shipped)\b<GAP>\b(?:guaranteed|i promise|for sure|without fail|definitely)|\bguaranteed (?:delivery|arrival)\b<GAP>\b(?:by|on|tomorrow|today|within)\b|\b(?:will|'ll) (?:definitely|certainly|absolutely) (?:arrive|be delivered|be there|be with you)\b"),
)  # fmt: skip

GERMAN = (
    _form("refund", 0.88, r"\b(?:ich|wir) (?:werden? )?(?:ihnen|dir|euch)?<GAP>(?:den|die|das|ihr|ihre|ihren|einen|eine|<SUM>|voll)<GAP>(?:erstatten|erstatte|zurückzahlen|zurückerstatten|zurückerstattet|rückerstatten|gutschreiben|vergüten)\b|\b(?:ich|wir) (?:erstatte|erstatten|zahle|zahlen|vergüte|vergüten|schreibe|schreiben) (?:ihnen|dir|euch)\b<FAR>(?:betrag|geld|preis|kosten|<SUM>|gut\b|zurück)"),
    _form("refund", 0.88, r"\b(?:(?:sie|du) (?:erhalten|bekommen|kriegst|bekommst|erhältst|werden|haben anspruch auf)|(?:erhalten|bekommen|erhältst|bekommst|haben) (?:sie|du))\b<GAP>(?:rückerstattung|erstattung|geld zurück|entschädigung|<SUM>)"),
    _form("refund", 0.88, r"\b(?:ihre?|der|die) (?:erstattung|rückerstattung|antrag|schadensmeldung|anspruch|kredit)\b<GAP>(?:genehmigt|bewilligt|zugesagt|garantiert)|\b(?:ich|wir) habe?n? (?:ihren?|deinen?|die|den) <GAP>(?:antrag|anspruch|erstattung|kredit|schaden)<GAP>(?:genehmigt|bewilligt|anerkannt)"),
    _form("price", 0.9, r"\b(?:ich|wir) (?:verkaufe|verkaufen|gebe|geben|überlasse|überlassen)\b<FAR>\bfür (?:nur )?<SUM>|\b(?:sie|du) (?:können|kannst|bekommen|bekommst|kriegst)\b<GAP>\bfür (?:nur )?<SUM><GAP>(?:haben|kaufen|bekommen)?"),
    _form("price", 0.86, r"\b(?:ihr|der|dieser) (?:preis|tarif|zinssatz)\b<GAP>(?:garantiert|fest zugesagt|eingefroren|fixiert|zugesichert)"),
    _form("discount", 0.88, r"\b(?:ich|wir) (?:gebe|geben|gewähre|gewähren|räume|räumen|werde|werden|schenke|schenken)\b<GAP>(?:<PCT>|<SUM>)<GAP>(?:rabatt|nachlass|preisnachlass)|\b(?:sie|du) (?:bekommen|erhalten|bekommst|erhältst)\b<GAP>(?:<PCT>|<SUM>)<GAP>(?:rabatt|nachlass)"),
    _form("legal", 0.9, r"\b(?:ich|wir) (?:garantiere|garantieren|verspreche|versprechen|sichere|sichern|verpflichte|verpflichten)\b(?: ihnen| dir| uns| mich| hiermit|,| das| den| die)|\b(?:rechtsverbindlich|rechtlich bindend|verbindliche[sr]? (?:zusage|angebot))\b|\bwir übernehmen (?:die (?:volle )?haftung|alle kosten|sämtliche kosten|die kosten)"),
    _form("delivery", 0.86, r"\b(?:wir liefern|ich liefere|ihre? \w{3,20} (?:kommt|wird|trifft))\b<GAP>(?:garantiert|auf jeden fall|ganz sicher|spätestens)"),
)  # fmt: skip

FRENCH = (
    _form("refund", 0.88, r"\b(?:nous|je|on) (?:vous |t')?(?:allons |vais |va )?(?:vous )?(?:rembours\w{1,6}|indemnis\w{1,6}|dédommag\w{1,8}|crédit\w{1,6})\b<GAP>(?:intégralement|totalité|montant|achat|<SUM>|commande|billet|frais|somme|compte|préjudice)|\bvous (?:serez|allez être|êtes) (?:intégralement |entièrement )?(?:remboursée?s?|indemnisée?s?|dédommagée?s?)\b|\bvous (?:recevrez|allez recevoir|obtiendrez|avez droit à)\b<GAP>(?:remboursement|indemnisation|compensation|<SUM>|dédommagement)"),
    _form("refund", 0.88, r"\b(?:j'ai|nous avons) (?:approuvé|accepté|validé|accordé) (?:votre|le|ce) (?:remboursement|demande|réclamation|dossier|prêt|crédit)|\bvotre (?:remboursement|demande de remboursement|réclamation|prêt)\b<GAP>(?:approuvée?|accordée?|garantie?|acceptée?)"),
    _form("price", 0.9, r"\b(?:je|nous) (?:peux |pouvons |vais |allons )?(?:vous )?(?:le |la |les )?(?:vends?|vendons|vendre|laisse|laissons|laisser|cède|cédons|céder)\b<FAR>(?:pour|à) (?:seulement )?<SUM>|\b(?:votre|ce|le) (?:prix|tarif|taux)\b<GAP>(?:garantie?|bloquée?|gelée?|verrouillée?)"),
    _form("discount", 0.88, r"\b(?:je|nous) (?:vous )?(?:accord\w{1,5}|offr\w{1,5}|appliqu\w{1,5}|fais|faisons|donn\w{1,4}|consens|consentons|vais vous \w{3,10}|allons vous \w{3,10})\b<GAP>(?:<PCT>|<SUM>|remise|réduction|rabais|ristourne)(?:<GAP>(?:remise|réduction|rabais|ristourne))?|\bvous (?:bénéficiez|bénéficierez|aurez|recevrez) <GAP>(?:<PCT>|<SUM>)<GAP>(?:remise|réduction|rabais)"),
    _form("legal", 0.9, r"\b(?:je|nous)(?: vous)? (?:garantis|garantissons|promets|promettons|assurons contractuellement|engageons)\b|\bje m'engage\b|\bnous nous engageons\b|\bjuridiquement contraignante?\b|\bnous (?:prenons|prendrons) en charge (?:tous|toutes|l'ensemble|la totalité)"),
    _form("delivery", 0.86, r"\b(?:nous (?:livrerons|livrons)|votre \w{3,20} (?:arrivera|sera livrée?))\b<GAP>(?:garanti|sans faute|au plus tard|promis|à coup sûr)"),
)  # fmt: skip

SPANISH = (
    _form("refund", 0.88, r"\b(?:le|te|les|os) (?:vamos a |voy a )?(?:reembols\w{1,7}|devolv\w{1,7}|indemniz\w{1,7}|compens\w{1,7}|abon\w{1,6})\b<GAP>(?:dinero|importe|íntegr\w{1,8}|total|<SUM>|compra|billete|cuenta|pedido)?|\b(?:recibirá|recibirás|va a recibir|tiene derecho a|tienes derecho a|obtendrá)\b<GAP>(?:reembolso|devolución|indemnización|compensación|<SUM>)"),
    _form("refund", 0.88, r"\b(?:he|hemos) (?:aprobado|aceptado|autorizado|concedido) (?:su|tu|el|la) (?:reembolso|reclamación|solicitud|devolución|préstamo|crédito)|\b(?:su|tu) (?:reembolso|reclamación|devolución|préstamo|solicitud)\b<GAP>(?:aprobad[oa]|concedid[oa]|garantizad[oa]|aceptad[oa])"),
    _form("price", 0.9, r"\b(?:se|te|le) (?:lo|la|los|las) (?:vendo|vendemos|dejo|dejamos|doy|damos|puedo vender|podemos vender)\b<GAP>(?:por|a|en) (?:solo |sólo )?<SUM>|\b(?:su|tu|este|el) (?:precio|tarifa|tipo)\b<GAP>(?:garantizad[oa]|congelad[oa]|fijad[oa]|bloquead[oa])"),
    _form("discount", 0.88, r"\b(?:le|te|les) (?:doy|damos|ofrezco|ofrecemos|aplico|aplicamos|aplicaré|aplicaremos|concedo|concedemos|hago|hacemos|daré|daremos|haré|haremos)\b<GAP>(?:<PCT>|<SUM>|descuento|rebaja)(?:<GAP>(?:descuento|rebaja))?|\b(?:recibirá|tendrá|obtendrá|recibirás|tendrás)\b<GAP>(?:<PCT>|<SUM>)<GAP>(?:descuento|rebaja)"),
    _form("legal", 0.9, r"\b(?:le |te |les )?(?:garantizo|garantizamos|prometo|prometemos)\b|\b(?:me comprometo|nos comprometemos) a\b|\blegalmente vinculante\b|\b(?:asumimos|asumiremos) (?:toda |la |plena |todos |todas )<GAP>(?:responsabilidad|costes|costos|gastos)"),
    _form("delivery", 0.86, r"\b(?:(?:le |se lo )?entregaremos|(?:su|tu) \w{3,20} llegará|se lo enviamos)\b<GAP>(?:garantizado|sin falta|como muy tarde|seguro|a más tardar)"),
)  # fmt: skip

ITALIAN = (
    _form("refund", 0.88, r"\b(?:la|le|ti|vi) (?:rimbors\w{1,7}|risarci\w{1,7}|restitui\w{1,7}|accredit\w{1,7}|indennizz\w{1,7})\b<GAP>(?:denaro|importo|intero|integralmente|<SUM>|somma|acquisto|biglietto|conto|ordine)?|\b(?:riceverà|riceverai|otterrà|ha diritto a|hai diritto a|avrà)\b<GAP>(?:rimborso|risarcimento|indennizzo|<SUM>)"),
    _form("refund", 0.88, r"\b(?:ho|abbiamo) (?:approvato|accettato|autorizzato|concesso) (?:il suo|la sua|il tuo|la tua|il|la) (?:rimborso|richiesta|reclamo|prestito|mutuo)|\b(?:il suo|la sua|il tuo|la tua) (?:rimborso|richiesta|reclamo|prestito)\b<GAP>(?:approvat[oa]|concess[oa]|garantit[oa]|accettat[oa])"),
    _form("price", 0.9, r"\b(?:gliel[oa]|glieli|te l[oa]) (?:vendo|vendiamo|lascio|lasciamo|do|diamo|posso vendere|possiamo vendere)\b<GAP>(?:per|a) (?:solo |soli )?<SUM>|\b(?:il suo|il tuo|questo|il) (?:prezzo|tasso|tariffa)\b<GAP>(?:garantit[oa]|bloccat[oa]|congelat[oa])"),
    _form("discount", 0.88, r"\b(?:le|ti|vi) (?:faccio|facciamo|offro|offriamo|applico|applichiamo|applicherò|applicheremo|concedo|concediamo|farò|faremo|do|diamo)\b<GAP>(?:<PCT>|<SUM>|sconto)(?:<GAP>sconto)?|\b(?:riceverà|avrà|otterrà|riceverai|avrai)\b<GAP>(?:<PCT>|<SUM>)<GAP>sconto"),
    _form("legal", 0.9, r"\b(?:le |ti |vi )?(?:garantisco|garantiamo|prometto|promettiamo)\b|\b(?:mi impegno|ci impegniamo) a\b|\blegalmente vincolante\b|\bci assumiamo (?:la|ogni|tutt[aei]|piena) <GAP>(?:responsabilità|costi|spese)"),
    _form("delivery", 0.86, r"\b(?:consegneremo|il suo \w{3,20} arriverà|la sua \w{3,20} arriverà|glielo consegniamo)\b<GAP>(?:garantito|senza falta|senza meno|al più tardi|sicuramente)"),
)  # fmt: skip

DUTCH = (
    _form("refund", 0.88, r"\b(?:wij|we|ik) (?:zullen|zal|gaan|ga|kunnen|hebben|heb)?<GAP>\b(?:u|je|jou|uw|jouw|het|de)\b<GAP>(?:terugbetalen|terugbetaald|terugstorten|teruggestort|vergoeden|vergoed|restitueren|compenseren)\b|\b(?:wij|we|ik) (?:betalen|betaal|storten|stort|vergoeden|vergoed)\b<FAR>(?:terug\b|volledig|schade|kosten|<SUM>)|\b(?:u|je) (?:krijgt|ontvangt|heeft recht op|hebt recht op)\b<GAP>(?:terugbetaling|geld terug|vergoeding|compensatie|restitutie|<SUM>)"),
    _form("refund", 0.88, r"\b(?:ik heb|wij hebben|we hebben) (?:uw|je|jouw|de|het) (?:claim|aanvraag|terugbetaling|verzoek|lening|hypotheek)\b<GAP>(?:goedgekeurd|toegekend|geaccepteerd)|\b(?:uw|je|jouw) (?:claim|aanvraag|terugbetaling|lening)\b<GAP>(?:goedgekeurd|toegekend|gegarandeerd)"),
    _form("price", 0.9, r"\b(?:ik|wij|we) (?:verkoop|verkopen|geef|geven|kan|kunnen)\b<FAR>\bvoor (?:maar |slechts )?<SUM>|\b(?:uw|je|deze|de) (?:prijs|tarief|rente)\b<GAP>(?:gegarandeerd|vastgezet|bevroren)"),
    _form("discount", 0.88, r"\b(?:ik|wij|we) (?:geef|geven|bied|bieden|pas|passen|verleen|verlenen|zal|zullen)\b<GAP>(?:<PCT>|<SUM>)<GAP>korting|\b(?:u|je) (?:krijgt|ontvangt)\b<GAP>(?:<PCT>|<SUM>)<GAP>korting"),
    _form("legal", 0.9, r"\b(?:ik|wij|we) (?:garandeer|garanderen|beloof|beloven)\b|\bjuridisch bindend\b|\b(?:wij|we) (?:aanvaarden|nemen) (?:alle|de volledige|volledige) (?:aansprakelijkheid|kosten)"),
    _form("delivery", 0.86, r"\b(?:wij leveren|we leveren|uw \w{3,20} (?:komt|wordt)|je \w{3,20} (?:komt|wordt))\b<GAP>(?:gegarandeerd|zeker weten|uiterlijk|zonder mankeren)"),
)  # fmt: skip

@dataclass(frozen=True, slots=True)
class Language:
    """The forms of a language, and words of which each of them holds one."""

    cue: re.Pattern[str]
    forms: tuple[Form, ...]


LANGUAGES = (
    Language(re.compile(r"\b(?:we|i|you|your|it|this|that|our|the|guaranteed|legally|contractually|no)\b"), ENGLISH),
    Language(re.compile(r"\b(?:ich|wir|sie|du|ihre?|dein|der|dieser|rechts\w+|rechtlich|verbindliche\w?)\b"), GERMAN),
    Language(re.compile(r"\b(?:nous|je|on|vous|j'ai|votre|ce|le|juridiquement)\b"), FRENCH),
    Language(
        re.compile(
            r"\b(?:le|te|les|os|he|hemos|su|tu|se|este|el|recibir\w+|va|tienes?|obtendr\w+|tendr\w+|garanti\w+|promet\w+|me|nos|legalmente|asumi\w+|entregaremos)\b"
        ),
        SPANISH,
    ),
    Language(
        re.compile(
            r"\b(?:la|le|ti|vi|riceverai?|ricever\w+|otterr\w+|ha|hai|avr\w+|ho|abbiamo|il|glie\w+|te|questo|garanti\w+|promett\w+|mi|ci|legalmente|consegneremo)(?!\w)"
        ),
        ITALIAN,
    ),
    Language(re.compile(r"\b(?:wij|we|ik|u|je|uw|jouw|deze|de|juridisch)\b"), DUTCH),
)

HINT = Runs(
    r"(?i)"
    r"refund|reimburs|compensat|money back|waiv|voucher|entitled|owed|grant|sell|price|discount|binding|guarante|promis"
    r"|warrant|pledge|my word|our word|liab|deliver|arrive|upgrade|erstatt|zur.ck|verg.t|entsch.dig|genehmig|bewillig"
    r"|verkauf|f.r nur|preis|tarif|rabatt|nachlass|garant|versprech|verbindlich|bindend|haftung|kosten|liefer|rembours"
    r"|indemn|d.dommag|cr.dit|approuv|prix|remise|r.duction|rabais|contraign|livr|reembols|devol|compens|aprobad|autoriz"
    r"|conced|precio|tarifa|descuento|rebaja|comprom|vinculante|entreg|enviamos|rimbors|risarc|restitu|indenn|autorizz"
    r"|concess|prezz|tasso|sconto|prometto|impegn|vincol|consegn|arriver|lascio|diritto|terug|vergoed|goedgekeurd|toegekend"
    r"|verkoop|verkopen|voor maar|prijs|korting|garand|beloof|beloven|aansprakelijk|dollar|euro|accept(?:ed)? your"
    r"|accept(?:ed)? (?:full|all|liab)|in charge de|prendr\w+ en charge|cover (?:all|any|the|your|every)|store credit"
    r"|credit(?:ed|ing)? (?:you|the|all)|for free|free of charge|free upgrade|versicher|zusicher|sichern? (?:ihnen|dir)"
    r"|lever(?:en|t) |valid.|laiss|rate is|(?:your|that|this|the|our) (?:interest )?rate|a deal|commit to you|offer(?:ed"
    r"|ing)? (?:you|to you|a |the )|all costs|accredit|abon|asumi|llegar. |approv|[$%]|percent|ship(?:ped)? |swear|backsies"
    r"|takes[- ]backs|fare\b|quote|premium|claim|accord|taux|c.d(?:e|ons|er)|vend(?:o|s|ons|re|iamo)\b|vendere|vender\b"
    r"|rente|engage|[0-9] ?\?|\? ?[0-9]|upgrade|deliver|replace|expedite"
)
"""One of these stands in every sentence that a form could match; a point is a letter beyond ASCII."""

_NEGATED = re.compile(
    r"\b(?:not|cannot|can't|won't|don't|doesn't|didn't|isn't|aren't|wouldn't|couldn't|unable|never|neither|without being able|no longer|nobody|nor)\b"
)
"""In English it stands in front of what it denies; what stands behind is about something else ("guarantee that it is never lost")."""
_UNSAID = re.compile(
    r"\?|\b(?:if|unless|whether|in case|provided|once|after|when|assuming|as long as|should you|depending|subject to|may|might|could|would|usually|typically"
    r"|generally|normally|often|sometimes|in some cases|please contact|contact our|let me check|i can check|can be requested|try to|hope|aim to|wish i|as if"
    r"|imagine|example|for instance|pretend|suppose|hypothetically|fictional|in the (?:story|novel|film|game)|scam|scammers|phishing)\b"
    r"|\b(?:nicht|kein|keine|keinen|keiner|nie|niemals|leider|wenn|falls|sofern|sobald|könnten?|würden?|möglicherweise|eventuell|gegebenenfalls|ob|in der regel"
    r"|normalerweise)\b"
    r"|\b(?:ne|n'[a-zé]{1,12}|pas|jamais|aucun|aucune|si|s'il|lorsque|quand|dès que|pourrait|pourrions|pourriez|peut-être|éventuellement|sous réserve|en général"
    r"|malheureusement)\b"
    r"|\b(?:nunca|jamás|ningún|ninguna|cuando|podría|podríamos|quizás?|tal vez|siempre que|en caso|normalmente|lamentablemente|sujeto a|non|mai|nessun\w?|se|quando"
    r"|qualora|potrebbe|potremmo|forse|salvo|purtroppo|di solito|niet|geen|nooit|als|indien|wanneer|zodra|misschien|zou|zouden|mits|helaas|meestal)\b"
)
"""A question, a condition, a maybe, a story, and the denials of languages in which they follow the verb: nothing is promised."""
_SPANISH_NO = re.compile(r"\bno (?:puedo|podemos|le|te|se|les|lo|vamos|voy|es|está|hay|he|hemos|garanti[zc]\w+|reembols\w+|devolv\w+|ofrec\w+|promet\w+)\b")
_SPANISH_SE = re.compile(r"\bse l[oa]s? (?:vend|dej|doy|damos|pued|pod|env|entreg)")
CITED = re.compile(
    r"\b(?:according to|under|per|as stated in|pursuant to|laut|gemäß|selon|según|secondo|volgens)\b[^.;!?]{0,25}\b(?:polic(?:y|ies)|terms|conditions|contract|law|regulations?"
    r"|warranty|bedingungen|richtlinien?|agb|gesetz|politique|conditions|política|condiciones|ley|condizioni|legge|voorwaarden|beleid|wet)\b"
)
"""The promise is put as somebody's rule: it may be quoted rightly, and it binds where it is not."""


def promised(form: Form, sentence: str) -> bool:
    """Tell whether a folded sentence has the form and means it."""
    found = form.pattern.search(sentence)
    if found is None or _NEGATED.search(sentence, 0, found.start() if form.denies else found.end()):
        return False
    if _SPANISH_SE.search(sentence):
        sentence = _SPANISH_SE.sub("", sentence)
    return _UNSAID.search(sentence) is None and _SPANISH_NO.search(sentence) is None
