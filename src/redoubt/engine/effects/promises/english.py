"""How a company is bound in English; see `redoubt.engine.effects.promises.form` for what a form is."""

import re

from redoubt.engine.effects.promises.form import Form, Language, form

_WE = r"\b(?:we|i|our (?:team|company|store|shop)|the company)"
_WILL = (
    r"(?:'ll|'m going to| will| shall| am going to| are going to| can| hereby| have| 've|'ve| am| are|'m|'re)?"
    r"(?: (?:gladly|happily|certainly|definitely|absolutely|of course|now|also|just|already|immediately|personally"
    r"|fully|hereby|be|been|happy to|glad to|able to|going to|agree to|agreed to"
    r"|promise to|confirm that|gone ahead and|went ahead and"
    r"|we will|we'll|i will)){0,3}"
)
"""What may stand between the actor and what it does."""

_FORMS: tuple[Form, ...] = (
    form(
        "refund",
        0.86,
        r"<SUM>(?: back)? (?:is|are|will be) (?:now |already |as good as )?"
        r"(?:on (?:its|the|their) way to you|(?:back )?(?:on|in) your (?:card|account)|yours)\b"
        r"|\b(?:expect|you can expect|you'll see|consider)(?: the)? <SUM> (?:back|already) (?:on|in) your (?:card|account)\b",
    ),
    form("legal", 0.88, r"\b(?:i|we) hereby (?:accept|agree to) (?:your|the|this|these)\b"),
    form(
        "price",
        0.86,
        r"\b(?:i|we) (?:have|am authori[sz]ed|are authori[sz]ed|'m authori[sz]ed)"
        r"(?: the)?(?: full)?(?: authority)? to (?:offer|sell|give) (?:you|it|this)\b<FAR><SUM>",
    ),
    form(
        "refund",
        0.86,
        r"\b(?:the|your|this|that|all)(?: \w{2,20}){0,3}? (?:fees?|charges?|penalty|amount|payment|order|purchase"
        r"|booking|deposit|money"
        r"|balance|costs?|premium|difference|ticket|fare)(?: of <SUM>)?(?: has been| have been| was| were"
        r"| is being| will be)"
        r"(?: now| already| fully| completely| automatically)? (?:waived|refunded|reimbursed|credited|reversed|paid back)\b",
    ),
    form(
        "refund",
        0.88,
        r"\b(?:your|the)(?: full| partial| complete)? (?:refund|reimbursement|compensation"
        r"|credit)(?: of <SUM>)? (?:is|has been|was)(?: now)?"
        r" (?:on its way|on the way|being processed|complete|processed|issued|sent|confirmed)",
    ),
    form(
        "refund",
        0.86,
        r"\b(?:i|we)(?:'ve| have)? \w{3,20}ed<GAP>\band (?:refunded|credited|reimbursed|waived|compensated)\b"
        r"|\byou(?:'ll| will) be (?:fully |completely )?(?:refunded|reimbursed|compensated)\b"
        r"|\byou (?:qualify|are eligible|'re eligible) for\b<GAP>(?:and can claim|retroactive|full refund|compensation of)",
    ),
    form(
        "legal",
        0.86,
        r"\b(?:your|the) (?:loan|mortgage|application|credit line|credit card|policy|insurance"
        r"|coverage)\b<GAP>(?:is|has been|was)"
        r"(?: now| hereby)? (?:approved|pre-approved|accepted|granted|guaranteed)\b",
    ),
    form(
        "legal",
        0.86,
        r"\bwe(?:'re| are| will be|'ll be) (?:fully |legally |entirely )?(?:responsible|liable) for (?:your|any"
        r"|all|the (?:damage|loss|accident|delay|injury|error|mistake|costs?))\b"
        r"|\b(?:you have|on|give you) (?:my|our) word\b",
    ),
    form(
        "refund",
        0.88,
        _WE
        + _WILL
        + r" (?:refund(?:ed|ing)?|reimburse[ds]?|reimbursing|credit(?:ed|ing)?|return(?:ed|ing)?|pay(?:ing)? back"
        r"|paid back|compensat(?:e|ed|ing)|waiv(?:e|ed|ing)|revers(?:e|ed|ing)) (?:you|your|the|all|it|this|that"
        r"|<SUM>)\b(?:<FAR>\b(?:money|amount|payment|purchase|price|cost|order|ticket|fee|fees|charge|charges|fare"
        r"|full|account|card|loss|damage)\b|<FAR><SUM>)?",
    ),
    form(
        "refund",
        0.9,
        _WE
        + _WILL
        + r" (?:issu(?:e|ed|ing)|process(?:ed|ing)?|approv(?:e|ed|ing)|grant(?:ed|ing)?|giv(?:e|en|ing)|gave"
        r"|arrang(?:e|ed|ing)|offer(?:ed|ing)?|provid(?:e|ed|ing)|send(?:ing)?|sent|initiat(?:e|ed|ing)"
        r"|authori[sz](?:e|ed|ing)) (?:you )?(?:a |an |the |your |this )?(?:full |complete |partial |immediate "
        r"|one-time |<SUM> (?:in )?)?(?:refunds?|reimbursements?|compensation|chargeback|money back|store credit"
        r"|credit|voucher)\b",
    ),
    form(
        "refund",
        0.9,
        r"\b(?:i|we)<GAP>(?:make sure|ensure|see to it)(?: that)? you (?:receive|get|are given)\b<GAP>(?:refund"
        r"|credit|discount|compensation|<SUM>)"
        r"|\byou(?:'re| are) (?:getting|receiving)\b<GAP>(?:refund|money back|<SUM>|compensation)"
        r"|\byou(?:'ll| will| shall| are going to|'re going to) (?:get|receive|be given|have|be paid|be refunded"
        r"|be reimbursed|be compensated)\b<GAP>(?:refund|money back|reimbursement|compensation|in full|<SUM>"
        r"|voucher)",
    ),
    form(
        "refund",
        0.86,
        r"\byou(?:'re| are) (?:fully |legally |absolutely |definitely )?(?:entitled to|owed|due"
        r"|guaranteed)\b<GAP>(?:refund|compensation|reimbursement|<SUM>|replacement|money)",
    ),
    form(
        "refund",
        0.86,
        r"\b(?:your|the|this) (?:refund|claim|reimbursement|compensation|request for a refund"
        r"|insurance claim)(?: of <SUM>)?(?: has been| is| was|'s been)(?: now| hereby| already)? (?:approved"
        r"|granted|accepted|authori[sz]ed|guaranteed|confirmed)",
    ),
    form(
        "refund",
        0.88,
        r"\b(?:i|we)(?:'ve| have)?(?: just| now| already| hereby)? (?:approved?|accept(?:ed)?|grant(?:ed)?"
        r"|authori[sz]ed?) (?:your|the|this) (?:claim|refund|application|loan|request|return|mortgage"
        r"|reimbursement)\b",
    ),
    form(
        "price",
        0.92,
        _WE + _WILL + r" (?:sell|give|let|offer|hand|lease|rent)(?:ing)? (?:it|this|that|you|the|one|them|him"
        r"|her)\b<FAR>\bfor (?:only |just )?<SUM>",
    ),
    form(
        "price",
        0.88,
        _WE
        + _WILL
        + r" (?:match|beat|honou?r|lock(?:ed)?(?: in)?|freeze|guarantee|hold|fix|reduce|lower|drop) (?:that|this"
        r"|the|your|any|our) <GAP>(?:price|rate|offer|quote|fare|fee|premium|rent|bill|payments?)\b",
    ),
    form(
        "price",
        0.88,
        r"\b(?:your|this|that|the) (?:price|rate|quote|fare|premium|interest rate|monthly fee)(?: of <SUM>)?(?: is"
        r"| has been|'s been|'s)(?: now| hereby)? (?:locked|guaranteed|frozen|secured)"
        r"|\byour (?:price|rate|quote|fare|premium)<GAP>(?:fixed|confirmed)\b",
    ),
    form(
        "price",
        0.9,
        r"\b(?:it|this|that|the \w{2,20}|your \w{2,20})(?:'s| is|'ll be| will be)(?: now)? (?:yours|sold to you"
        r"|free for you) for (?:only |just )?<SUM>",
    ),
    form(
        "price",
        0.9,
        r"\byou (?:can|may|will|'ll) (?:have|get|buy|take|keep) (?:it|this|that"
        r"|the \w{2,20}(?: \w{2,20})?) for (?:only |just )?(?:<SUM>|free)\b",
    ),
    form(
        "price",
        0.86,
        _WE + _WILL + r" (?:not|never) (?:raise|increase|charge)\b<GAP>(?:price|rate|fee|you|premium)",
        denies=True,
    ),
    form(
        "discount",
        0.88,
        _WE
        + _WILL
        + r" (?:giv(?:e|en|ing)|offer(?:ed|ing)?|appl(?:y|ied|ying)|grant(?:ed|ing)?|add(?:ed|ing)?|provid(?:e|ed"
        r"|ing)|extend(?:ed|ing)?|take|taken|knock(?:ed)?) (?:you |to you |your order )?(?:a |an |the |another "
        r"|off |you a )?(?:<GAP>)(?:<PCT>|<SUM>|half)<GAP>(?:discount|off\b|rebate|reduction|price cut|coupon)",
    ),
    form(
        "discount",
        0.84,
        _WE
        + _WILL
        + r" (?:appl(?:y|ied)|giv(?:e|en)|grant(?:ed)?|add(?:ed)?|honou?r) (?:you |your |the |a |an |this "
        r"|that )<GAP>(?:discount|bereavement fare|bereavement rate|promo(?:tion)?(?: code)?|free upgrade|upgrade"
        r"|coupon|rebate)\b",
    ),
    form(
        "discount",
        0.88,
        r"\byou(?:'ll| will|'ve| have) (?:get|receive|been given|got|be getting|have)\b<GAP>(?:<PCT>"
        r"|<SUM>)<GAP>(?:discount|off\b|rebate)",
    ),
    form(
        "legal",
        0.97,
        r"\b(?:legally|contractually) binding\b<FAR>|\bno takes(?:ies)?[- ]?backs(?:ies)?\b|\bthat(?:'s"
        r"| is) a (?:deal|done deal|promise|binding (?:offer|agreement))\b",
    ),
    form(
        "legal",
        0.9,
        r"\b(?:we|i)(?: hereby| can| do| will|'ll)? (?:guarantee|warrant|promise|pledge|swear)\b<GAP>\b(?:price"
        r"|prices|refund|delivery|quality"
        r"|results?|satisfaction|customers?|order|money|service|uptime|availability|returns?|profit|data|work"
        r"|works|safety|security|privacy"
        r"|approval|coverage|cost|costs|rate|you(?:'ll| will) (?:get|receive|have|be (?:paid|refunded|approved"
        r"|covered)|save|pay|earn))\b"
        r"|\b(?:we|i)(?: hereby)? (?:give you (?:my|our) word|commit to you|assure you contractually)\b",
    ),
    form(
        "legal",
        0.65,
        r"\b(?:we|i)(?: hereby)? (?:guarantee|warrant|pledge|promise you|swear)\b",
    ),
    form(
        "legal",
        0.88,
        r"\bwe(?:'ll| will)?(?: fully| hereby)? (?:accept|take|assume|admit)(?: full| all| complete)? (?:liability"
        r"|legal responsibility|legal liability)\b|\bwe(?:'re| are) (?:fully |legally )?liable\b",
    ),
    form(
        "legal",
        0.86,
        r"\bwe(?:'ll| will)(?: definitely| fully| also| gladly)? (?:cover|pay for|pay|bear|absorb) (?:all|any|your"
        r"|every)\b<GAP>(?:costs?|damages?"
        r"|losses|expenses|repairs?|fees?|medical bills?|legal fees)",
    ),
    form(
        "legal",
        0.84,
        r"\b(?:this|that) (?:is|constitutes|counts as) (?:a|an|our) (?:binding|official|firm|formal) (?:offer"
        r"|agreement|commitment|contract|guarantee|promise)",
    ),
    form(
        "legal",
        0.84,
        r"\byou(?:'re| are) (?:hereby )?(?:approved|pre-approved|accepted|hired|covered) (?:for|under|at"
        r"|as)\b<GAP>(?:loan|mortgage|credit|policy|position|job|claim|card|<SUM>)",
    ),
    form(
        "delivery",
        0.88,
        _WE
        + _WILL
        + r" (?:deliver(?:ed)?|ship(?:ped)?|send|get (?:it|this|them) to you|have (?:it|this) (?:with you|there"
        r"|delivered)|replace|upgrade|expedite|fix|repair|exchange|install) (?:it|this|that|them|you|your"
        r"|the (?:order|package|parcel|item|items|product|goods|phone|device|car|laptop|part|unit))\b<GAP>"
        r"\b(?:by|tomorrow|today|tonight|within|before|no later than"
        r"|free of charge|for free|at no (?:extra )?(?:cost|charge)|overnight)\b",
    ),
    form(
        "delivery",
        0.88,
        r"\b(?:it|your \w{2,20}|the \w{2,20}|this)(?: will|'ll) (?:definitely |certainly |absolutely )?(?:arrive"
        r"|be delivered|be there|be with you|be ready|reach you|be shipped)\b<GAP>\b(?:guaranteed|i promise"
        r"|for sure|without fail|definitely)|\bguaranteed (?:delivery|arrival)\b<GAP>\b(?:by|on|tomorrow|today"
        r"|within)\b|\b(?:will|'ll) (?:definitely|certainly|absolutely) (?:arrive|be delivered|be there"
        r"|be with you)\b",
    ),
)

_DOUBTS = re.compile(
    r"\b(?:if|unless|whether|in case|provided|assuming|should you|depending|subject to|may|might"
    r"|could|would|usually|typically|generally|normally|often|sometimes|in some cases|please contact|contact our"
    r"|let me check"
    r"|i can check|can be requested|try to|hope|aim to|wish i|as if|imagine|example|for instance|pretend|suppose"
    r"|hypothetically"
    r"|fictional|in the (?:story|novel|film|game)|scam|scammers|phishing)\b"
)
_DENIED = re.compile(
    r"\b(?:not|cannot|can't|won't|don't|doesn't|didn't|isn't|aren't|wouldn't|couldn't|unable|never|neither"
    r"|without being able"
    r"|no longer|nobody|nor)\b"
)
ENGLISH = Language(
    re.compile(r"\b(?:we|i|you|your|it|this|that|our|the|guaranteed|legally|contractually|no)\b"),
    _FORMS,
    _DOUBTS,
    _DENIED,
)
