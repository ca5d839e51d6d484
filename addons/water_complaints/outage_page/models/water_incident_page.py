from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.i18n import format_list

from odoo.addons.water_service_desk.base.moments import day_text, moment_text

#: What is over stays on the page so long.
HISTORY = timedelta(days=31)
PAGE = "/water/outages"


class WaterIncident(models.Model):
    """What everybody reads of an incident: plain values in public words, never records."""

    _inherit = "water.incident"

    @api.model
    def _page_past(self, company):
        """What was over within the last month, newest first."""
        since = fields.Datetime.now() - HISTORY
        domain = Domain("company_id", "=", company.id) & Domain("on_page", "=", True)
        domain &= Domain("state", "in", ("restored", "closed"))
        domain &= Domain("restored_at", ">=", since)
        return self.sudo().search(domain, order="restored_at desc, id desc", limit=100)

    @api.model
    def _page_find(self, number, company):
        """One incident of the page, or nothing."""
        shown = self._shown(company) | self._page_past(company)
        return shown.filtered(lambda row: row.id == number)

    def _page_path(self):
        return f"{PAGE}/{self.id}"

    def _page_when(self):
        """``now``, ``planned`` or ``over``."""
        if self.state != "open":
            return "over"
        return "planned" if self.is_planned and not self._has_begun() else "now"

    def _page_area(self):
        names = self.zone_ids.mapped("name")
        return format_list(self.env, names) if names else self.address or self.subject

    def _page_time(self, moment):
        """``14:00`` of today, else ``2026-10-13 14:00``, by the company's clock; "" for none."""
        if not moment:
            return ""
        zone = self.company_id._water_tz()
        day = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment).date()
        short = day == self.company_id._water_today()
        pattern = "HH:mm" if short else "yyyy-MM-dd HH:mm"
        return moment_text(self.env, moment, zone, pattern)

    def _page_line(self):
        """What goes on where and until when, in one line."""
        words = {"area": self._page_area(), "since": self._page_time(self.aware_at)}
        begun = self._page_when() != "planned"
        texts = {
            "outage": self.env._("%(area)s: the water is off, we are repairing it.", **words),
            "pressure": self.env._("%(area)s: the pressure is low.", **words),
            "quality": self.env._("%(area)s: there is a notice about the water.", **words),
            "other": self.env._("%(area)s: we are dealing with an incident.", **words),
        }
        planned = self.env._("%(area)s: planned work, no water.", **words)
        ahead = self.env._("%(area)s: planned work, no water from %(since)s.", **words)
        line = (planned if begun else ahead) if self.is_planned else texts[self.kind]
        return [line, self._page_expected()]

    def _page_expected(self):
        """By when it is expected to be over, as a sentence; that it takes longer; or nothing."""
        until = self._page_time(self._expected_end())
        if not until:
            return ""
        if self._is_past_expected_end():
            return self.env._("Expected to be over by %s, it takes longer.", until)
        return self.env._("Expected to be over by %s.", until)

    def _page_notices(self):
        """Return the news to show, newest first; none that announced dates of before a move."""
        return self.notice_ids - self._outdated_news()

    def _page_news(self):
        """(time, text) of what everybody was told, newest first."""
        return [(self._page_time(row.at), row.body) for row in self._page_notices()]

    def _promise_rows(self):
        """Where tankers give out water belongs to what is promised, behind the expected end."""
        rows, now = super()._promise_rows(), fields.Datetime.now()
        places = [
            " ".join(filter(None, (card["place"], card["times"])))
            for point, card in zip(self.tanker_ids, self._page_tankers(), strict=True)
            if not point.ends_at or point.ends_at > now
        ]
        if not places:
            return rows
        words = self.env._("You can get water here: %s.", format_list(self.env, places))
        return [*rows[:2], (self.env._("Water tankers"), words), *rows[2:]]

    def _page_tankers(self):
        return [
            {
                "place": point.place,
                "times": " – ".join(
                    filter(None, map(self._page_time, (point.starts_at, point.ends_at)))
                ),
            }
            for point in self.tanker_ids
        ]

    def _page_card(self):
        """Everything that a page, a banner or a feed shows of it."""
        self.ensure_one()
        notice = self.quality_notice if not self.quality_until else False
        line, end = self._page_line()
        return {
            "id": self.id,
            "path": self._page_path(),
            "when": self._page_when(),
            "nature": "planned" if self.is_planned else self.kind,
            "line": line,
            "end": end,
            "subject": self.subject,
            "area": self._page_area(),
            "address": self.address or "",
            "reason": self.cause or "",
            "since": self._page_time(self.aware_at),
            "until": self._page_time(self._end_ahead()),
            "over": self._page_time(self.restored_at),
            "news": self._page_news(),
            "advice": self.kind_id._advice(notice) if notice else "",
            "tankers": self._page_tankers(),
            "count": self.affected_count,
            "updated": max([self.write_date, *self.notice_ids.mapped("at")]),
        }

    @api.model
    def _page_month(self, company):
        """[{day, cards}] of what was over within the last month."""
        zone = company._water_tz()
        days = {}
        for incident in self._page_past(company):
            local = fields.Datetime.context_timestamp(
                incident.with_context(tz=zone), incident.restored_at
            )
            days.setdefault(local.date(), []).append(incident._page_card())
        return [{"day": day_text(day), "cards": cards} for day, cards in days.items()]
