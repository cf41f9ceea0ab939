"""Ordinary text of any script gives no view."""

import pytest

from redoubt.engine.detect.views import views

ORDINARY = {
    "prose": "Please write a short plan for the meeting on Tuesday at 10:30; one budget item, two open questions.",
    "code": "def area(self, width: int) -> int:\n    return self._height * width  # in mm\n",
    "json": '{"id": 12345, "name": "Anna", "tags": ["a", "b"], "ok": true, "price": 10.50}',
    "markdown": "# Title\n\n- one\n- two\n\n| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n\n---\n",
    "persian": "من می‌خواهم کتاب‌ها را بخوانم و PDF‌ها را در سال ۱۴۰۲ بفرستم.",
    "hindi": "मैं कल बाज़ार जाऊँगा, क्‍षमा और श्री‌मान १२ बजे।",
    "arabic": "مرحبا بك في المدينة ‏2024‏ والسلام",
    "hebrew": "שלום‏ עולם, זה מספר 123.",
    "chinese": "我明天要去市场买一些水果，然后回家做饭。《红楼梦》！",
    "japanese": "明日は市場でリンゴを買います。カタカナ・ひらがな。",
    "thai": "ฉัน\u200bจะ\u200bไป\u200bตลาด",
    "khmer": "ខ្ញុំ\u200bទៅ\u200bផ្សារ",
    "russian": "Завтра я пойду на рынок за яблоками, а IT-отдел останется дома.",
    "greek": "Αύριο θα πάω στην αγορά για μήλα, α=5 μm.",
    "turkish": "Yarın pazara gidip ılık su alacağım.",
    "vietnamese": "Ngày mai tôi sẽ đi chợ mua táo.",
    "emoji": "Great 👍🏽 family 👨‍👩‍👧‍👦 heart ❤️ flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿 rainbow 🏳️‍🌈 key 1️⃣ done ✔️ ok",
    "byte order mark": "\ufeffHello there",
    "units": "12 m² at 5 ℃ and 50 % of ½ cup™",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_text_gives_no_view(text: str) -> None:
    assert [view.name for view in views(text)] == []


@pytest.mark.parametrize("language", ["persian", "hindi", "emoji", "thai"])
def test_what_a_script_needs_stays_where_something_else_is_removed(language: str) -> None:
    text = f"{ORDINARY[language]} se\u200bcret"
    assert f"{ORDINARY[language]} secret" in [view.text for view in views(text)]
