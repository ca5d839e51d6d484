import ast
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from odoo import api, fields, models

#: The words that stand for the first moment of a day.
DAYS = ("day", "tomorrow", "month", "month_before")


class WaterHomeItem(models.Model):
    """The words in an item's domain that stand for the reader and for the moment."""

    _inherit = "water.home.item"

    def _evaluated(self, text):
        """A domain as a list, for the reader and for now; nothing in it is executed.

        :param text: a domain of literals and of our words
        """
        return _value(_parsed(text.strip()), self._words())

    @api.model
    def _words(self):
        """``{word: what tells its value}``: most domains have one or none of them."""
        return {
            "uid": lambda: self.env.uid,
            "departments": lambda: self.env.user.water_department_ids.ids,
            "now": lambda: fields.Datetime.to_string(fields.Datetime.now()),
            **{word: partial(self._day_begins, word) for word in DAYS},
        }

    @api.model
    def _day_begins(self, word):
        return self._begin(self._days()[word])

    @api.model
    def _days(self):
        """The days of our words, by the clock of the reader's company: ``{word: date}``."""
        today = self.env.company.sudo()._water_today()
        month = today.replace(day=1)
        days = (today, today + timedelta(days=1), month, (month - timedelta(days=1)).replace(day=1))
        return dict(zip(DAYS, days, strict=True))

    @api.model
    def _begin(self, day):
        """The first moment of a day of the reader's company, as text in UTC."""
        here = ZoneInfo(self.env.company.sudo()._water_tz())
        moment = datetime.combine(day, time(), here).astimezone(UTC)
        return fields.Datetime.to_string(moment.replace(tzinfo=None))


@lru_cache(1000)
def _parsed(text):
    return ast.parse(text, mode="eval").body


def _value(node, words):
    """The value of a literal, with values in the place of names.

    :raises ValueError: for whatever would have to be executed
    """
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return words[node.id]()
        case ast.Tuple():
            return tuple(_value(part, words) for part in node.elts)
        case ast.List():
            return [_value(part, words) for part in node.elts]
    raise ValueError(f"{ast.unparse(node)} is no literal")
