"""Small words, and the words that give orders: what tells the operator's instructions from facts that customers are told anyway."""

import re


def _set(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).split())


_SMALL = {
    "en": "a an the and or but nor if then else than so as of in on at by to from for with without about into over under up down "
    "out off "
    "again once here there when where why how what which who whom this that these those i me my we us our you your he him his "
    "she her it "
    "its they them their is am are was were be been being do does did doing done have has had having can could will would shall "
    "should may "
    "might must not no yes don t s re ll ve m d just only also very too more most some any each every all both few other such "
    "own same",
    "de": "der die das den dem des ein eine einen einem einer und oder aber nicht kein keine ist sind war sein hat haben wird "
    "werden kann "
    "können soll sollen mit von für auf in im an zu zum zur bei aus nach über unter wir uns unser unsere du dein sie ihr ihre er "
    "es ich "
    "dass wenn als wie was auch nur",
    "fr": "le la les l un une des du de d et ou mais ne pas est sont était être a ont avoir avec pour dans sur par au aux à en "
    "ce cette ces "
    "nous notre nos vous votre vos tu ton il elle ils elles on je que qui si comme plus",
    "es": "el la los las un una unos unas y o pero no es son era ser está están ha han con por para en de del al a que se su sus "
    "nosotros "
    "nuestro nuestra usted tu él ella si como más lo le les me te",
    "it": "il lo la i gli le un una e o ma non è sono era essere ha hanno con per in di del della dei al alla che si suo sua noi "
    "nostro "
    "voi tu lui lei se come più",
    "pt": "o a os as um uma e ou mas não é são era ser está tem com por para em de do da dos das no na ao que se seu sua nós "
    "nosso você "
    "ele ela como mais",
    "nl": "de het een en of maar niet geen is zijn was heeft hebben wordt worden kan kunnen zal met van voor op in aan te bij "
    "uit naar "
    "over wij ons onze je jij jouw u uw hij ze dat die als wat ook",
}
SMALL = frozenset(word for words in _SMALL.values() for word in words.split())
"""Words that say nothing by themselves, in the languages that we know well enough to tell an order from a fact."""

_IMPERATIVES = (
    "acknowledge act address adhere admit adopt aim always answer append apply apologise apologize ask assume attach avoid base "
    "be become begin behave call "
    "cancel check cite classify close collect comply confirm consider consult convert count create decline defer deny describe "
    "direct disclose discuss display don do draft emit encourage end enforce ensure escalate estimate exclude explain express "
    "extract favour favor "
    "fetch flag focus follow forget format forward gather generate give greet guide handle help hide honour honor identify "
    "ignore include inform insert insist introduce invoke keep label lead leave limit link list log look maintain make mark "
    "match mention mirror never note notify nudge obey offer omit only output pass perform personalise personalize pick play point "
    "practise practice prefer present pretend prevent prioritise prioritize produce promote prompt propose push protect provide "
    "put "
    "query quote raise read "
    "recommend record redirect refer refrain refuse refund reject remain remember remind remove repeat replace reply report "
    "request require "
    "resolve respond restrict retrieve return reveal rewrite route run say search select send separate set share show sign skip "
    "speak "
    "start state stay stick stop structure suggest summarise summarize surface switch tag take talk tell think transfer "
    "translate treat try "
    "under unless update upsell use validate verify wait walk warn when whenever work write"
)
_DE = "antworte beantworte beachte bleibe frage gib nenne niemals nie nutze sage schreibe sprich verrate verwende verweise"
_FR = "réponds répondez utilise utilisez ne refuse refusez demande demandez sois soyez propose proposez évite évitez parle parlez"
_ES = "responde responda usa use nunca no evita evite pregunta pregunte sé sea ofrece ofrezca habla hable menciona mencione"
_OTHERS = "rispondi usa non mai evita chiedi sii offri parla responda nunca use evite pergunte seja antwoord gebruik nooit vraag wees"
IMPERATIVES = _set(_IMPERATIVES, _DE, _FR, _ES, _OTHERS)
"""Words that begin an order."""

BEFORE_ORDER = _set(
    "please also then and but or always politely instead first second finally otherwise bitte auch toujours siempre sempre altijd"
)
"""Words in front of the one that begins an order."""
CONDITIONS = _set("if when whenever once should unless wenn falls si quand se quando als")
"""Words that begin a condition; what follows from it may be an order."""
CONSEQUENCE = re.compile(
    r"\b(?:say|tell|respond|reply|answer|ask|offer|escalate|notify|refuse|decline|redirect|refer|direct|suggest|apologi[sz]e"
    r"|ignore|route"
    r"|transfer|hand|use|use null|biete|sage?|antworte|verweise|propose[rz]?|réponds|répondez|ofrece|ofrezca|responde|offri"
    r"|rispondi)\b"
)
"""What an operator wants to follow from a condition."""
BUSINESS = re.compile(
    r"\b(?:commission|profit|margin|mark-?up|wholesale price|cost price|purchase price|kickback|blacklist|watchlist|shadow ban"
    r"|override"
    r"|risk score|internal score|einkaufspreis|provision|marge|margen|margine)\b"
)
"""What a business tells nobody outside, whether or not it says so."""

NO_SECRET = _set(
    "required optional none null true false here below above confidential secret valid invalid wrong correct incorrect string text",
    "number value integer stored hashed reset needed sent known unknown changed missing empty protected encrypted expired expires",
    "unique different sensitive generated entered given used called always never long short weak strong least most about",
)
"""Words that stand behind "the password is" and are not the password."""
SELF = _set("i we ich wir je nous yo nosotros io noi eu nós ik wij")
"""By which an assistant speaks of itself."""
REFERRING = re.compile(
    r"(?:but |and |please )?(?:(?:do not|don t|never|only|please do not) )?"
    r"(?:mention|tell|say|reveal|share|disclose|discuss|keep|treat|repeat) "
    r"(?:it|this|that|so|these|them)\b"
)
"""Begins a sentence that says how secret the one before it is."""
EVERYONE = _set(
    "anyone anybody everyone customers customer users user people patients patient client clients guest guests",
    "before after until that",
)
"""To whom something is not to be told, not what."""

IDENTITY = re.compile(
    r"(?:you are|you re|your name is|your role is|act as|du bist|sie sind|dein name ist|tu es|vous êtes|eres|usted es|tu nombre "
    r"es|sei|tu sei"
    r"|você é|tu és|je bent|jij bent|u bent)\b"
)
"""Begins the sentence in which an operator says who the assistant is, which the assistant may well tell in its own words."""
ORDER = re.compile(
    r"\b(?:you (?:must|should|may|are|have|need|will|shall|do|don|never|always|only|work|speak|answer|help|act|can (?:only|not))"
    r"|and never|but never|or never|and do not|but do not|and don t|assistant|chatbot|persona|system prompt|instructions?"
    r"|guidelines"
    r"|confidential|internal(?:ly)?|secrets?|classified|reveal(?:ed)?|disclos(?:e|ed|ing)|must never|never be|the (?:user"
    r"|customer|client|caller)"
    r"|users?|these rules|your (?:answers?|responses?|repl(?:y|ies)|task|job|goal|role|tone|instructions)|the tools?|tool calls?"
    r"|du (?:darfst|musst|sollst|kannst)|sie (?:dürfen|müssen|sollen)|nutzern?|anweisung(?:en)?|vertraulich|geheim|intern|verraten?"
    r"|tu (?:dois|peux)|vous (?:devez|pouvez)|jamais|utilisateurs?|confidentiel(?:le|les|s)?|interne"
    r"|debes|puedes|usuarios?|instrucciones|confidencial(?:es)?|interno|interna|devi|puoi|utente|utenti|istruzioni|riservat[oaie]"
    r"|deve|pode|usuários?|instruções|moet|mag|gebruikers?|instructies|vertrouwelijk)\b"
)
"""Stands in sentences that speak to the assistant about its work. All texts it is used on are folded: words with one blank between."""

CUE = re.compile(
    r"\b(?:my (?:\w+ ){0,2}(?:instructions?|guidelines|rules|prompt|configuration|directives?)|(?:system|initial|original|hidden"
    r"|developer|secret) "
    r"(?:prompt|message|instructions?)|(?:was|were|been|am|m|are) (?:\w+ )?(?:told|instructed|configured|programmed|directed"
    r"|given (?:the )?"
    r"(?:following|these)|ordered)|instruct(?:s|ed) me|tells? me to|told me to|says? i|instructions (?:say|are|were|state|above)"
    r"|text above"
    r"|operator (?:says|wants|told)|meine (?:\w+ )?(?:anweisungen|regeln)|mes (?:instructions|consignes)|mis instrucciones"
    r"|le mie istruzioni|minhas instruções|mijn instructies)\b"
)
"""How an answer announces that it tells its instructions."""


def known_language(words: list[str]) -> bool:
    """Tell whether a text is in a language whose orders we would recognise: one word in six is one of its small ones."""
    return 6 * sum(word in SMALL for word in words) >= len(words)
