"""All languages in which promises are found, and the cheap sign that a text holds any."""

from redoubt.engine.detect.views.family import Runs
from redoubt.engine.effects.promises.dutch import DUTCH
from redoubt.engine.effects.promises.english import ENGLISH
from redoubt.engine.effects.promises.french import FRENCH
from redoubt.engine.effects.promises.german import GERMAN
from redoubt.engine.effects.promises.italian import ITALIAN
from redoubt.engine.effects.promises.spanish import SPANISH

LANGUAGES = (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, DUTCH)

HINT = Runs(
    r"(?i)"
    r"responsible|yours for|pay for|will pay|bills|expenses|losses|damages|insurance|loan|mortgage|geld|refund"
    r"|reimburs|compensat|money back|waiv|voucher|entitled|owed|grant|sell|price|discount|binding|guarante|promis"
    r"|warrant|pledge|my word|our word|liab|deliver|arrive|upgrade|erstatt|zur.ck|verg.t|entsch.dig|genehmig|bewillig"
    r"|verkauf|f.r nur|preis|tarif|rabatt|nachlass|garant|versprech|verbindlich|bindend|haftung|kosten|liefer|rembours"
    r"|indemn|d.dommag|cr.dit|approuv|prix|remise|r.duction|rabais|contraign|livr|reembols|devol|compens|aprobad"
    r"|autoriz"
    r"|conced|precio|tarifa|descuento|rebaja|comprom|vinculante|entreg|enviamos|rimbors|risarc|restitu|indenn|autorizz"
    r"|concess|prezz|tasso|sconto|prometto|impegn|vincol|consegn|arriver|lascio|diritto|terug|vergoed|goedgekeurd"
    r"|toegekend"
    r"|verkoop|verkopen|voor maar|prijs|korting|garand|beloof|beloven|aansprakelijk|dollar|euro|accept(?:ed)? your"
    r"|accept(?:ed)? (?:full|all|liab)|in charge de|prendr\w+ en charge|cover (?:all|any|the|your|every)|store credit"
    r"|credit(?:ed|ing)? (?:you|the|all)|for free|free of charge|free upgrade|versicher|zusicher|sichern? (?:ihnen|dir)"
    r"|lever(?:en|t) |valid.|laiss|rate is|(?:your|that|this|the|our) (?:interest )?rate|a deal|commit to you"
    r"|offer(?:ed"
    r"|ing)? (?:you|to you|a |the )|all costs|accredit|abon|asumi|llegar. |approv|[$%]|percent|ship(?:ped)? |swear"
    r"|backsies"
    r"|takes[- ]backs|fare\b|quote|premium|claim|accord|taux|c.d(?:e|ons|er)|vend(?:o|s|ons|re|iamo)\b|vendere|vender\b"
    r"|rente|engage|[0-9] ?\?|\? ?[0-9]|upgrade|deliver|replace|expedite"
)
"""One of these stands in every sentence that a form could match; a point is a letter beyond ASCII."""
