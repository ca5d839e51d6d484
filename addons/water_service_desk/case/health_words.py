"""Words in which bad water and harm to people show; brought once to the emergency words.

A table here and no data file: a company that has typed one of them itself keeps its own.
"""

#: (word, resulting severity, whether it means injury, illness or dependence on water)
HEALTH_WORDS = (
    # substances in the water
    ("汽油", "emergency", False),
    ("柴油", "emergency", False),
    ("煤油", "emergency", False),
    ("农药", "emergency", False),
    ("化学品", "emergency", False),
    ("油漆味", "emergency", False),
    ("氨水味", "emergency", False),
    ("刺鼻", "emergency", False),
    ("水面*油膜", "emergency", False),
    ("水*粪", "emergency", False),
    ("污水*倒灌", "emergency", False),
    ("死鱼", "emergency", False),
    ("臭鸡蛋", "urgent", False),
    ("水发黑", "urgent", False),
    ("petrol", "emergency", False),
    ("gasoline", "emergency", False),
    ("diesel", "emergency", False),
    ("pesticide", "emergency", False),
    ("chemical smell", "emergency", False),
    ("sewage*backing up", "emergency", False),
    # effects on people
    ("异味*中毒", "emergency", True),
    ("食物中毒", "emergency", True),
    ("呕吐", "emergency", True),
    ("恶心*吐", "emergency", True),
    ("腹泻", "emergency", True),
    ("拉肚子", "emergency", True),
    ("腹痛", "emergency", True),
    ("皮疹", "emergency", True),
    ("起疹", "emergency", True),
    ("昏迷", "emergency", True),
    ("晕倒", "emergency", True),
    ("急救", "emergency", True),
    ("死亡", "emergency", True),
    ("烫伤", "emergency", True),
    ("受伤", "urgent", True),
    ("摔伤", "urgent", True),
    ("头晕", "urgent", True),
    ("皮肤*过敏", "urgent", True),
    ("送医", "urgent", True),
    ("住院", "urgent", True),
    ("vomiting", "emergency", True),
    ("diarrhoea", "emergency", True),
    ("diarrhea", "emergency", True),
    ("stomach cramps", "emergency", True),
    ("unconscious", "emergency", True),
    ("skin rash", "urgent", True),
    ("injured", "urgent", True),
    ("in hospital", "urgent", True),
)
#: Delivered words that mean harm.
HARM = (
    *("触电", "中毒", "上吐下泻", "被困", "透析", "喝*拉肚子", "electric shock", "electrocuted"),
    *("poisoned", "dialysis"),
)
