"""Facts of a case in the middle of a text, such as ``{number}`` or ``{编号}``."""

import re

_PLACE = re.compile(r"\{\s*(\w+)\s*\}")
#: Chinese names of facts in texts.
CHINESE = {
    "编号": "number",
    "客户": "customer",
    "类别": "category",
    "承诺时间": "promised",
    "热线": "hotline",
    "查询网址": "link",
    "坐席": "agent",
    "公司": "company",
}
FACTS = frozenset(CHINESE.values())


def facts_named(text):
    """Names of the facts that ``text`` asks for."""
    names = (CHINESE.get(name, name) for name in _PLACE.findall(text or ""))
    return {name for name in names if name in FACTS}


def general(text, facts):
    """Return ``text`` for all readers, with gaps for the facts of a single case.

    :param text: a str
    :param facts: {name of a fact: its value}
    """
    return fill_in(text, dict.fromkeys(FACTS, "…") | facts)


def fill_in(text, facts):
    """Return ``text`` with the known facts; unknown placeholders stay visible.

    :param text: a str, or a Markup, into which plain values are escaped
    :param facts: {name of a fact: its value}
    """

    def value(match):
        name = CHINESE.get(match[1], match[1])
        return escape(facts[name]) if facts.get(name) else match[0]

    escape = getattr(type(text), "escape", str)
    return type(text)(_PLACE.sub(value, text))
