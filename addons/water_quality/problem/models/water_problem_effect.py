from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.trust import trusted

from ...kpi.periods import midnight

#: Figures are told for so many days; after a measure so many must have passed.
SPAN = 30
#: No span before or after is longer, in days.
LONGEST = 180
EMPTY = "–"


class WaterProblem(models.Model):
    """The figures before and after: complaints alike per 30 days.

    The turning point is the end of the first measure that was taken. Counted are complaints that
    share what the problem names, whether somebody has linked them or not, by their receipt. As
    they were when the effect was judged, they are kept, with the complaints behind them: a case
    that comes, leaves the figures or moves afterwards moves nothing of what was judged.
    """

    _inherit = "water.problem"

    figures = fields.Json(
        readonly=True, copy=False, groups=fields.NO_ACCESS, help="As they were judged."
    )
    turned_on = fields.Date(
        string="First Measure Taken",
        compute="_compute_figures",
        help="The figures before and after are divided by this day.",
    )
    before_text = fields.Char(string="Per 30 Days Before", compute="_compute_figures")
    after_text = fields.Char(string="Per 30 Days After", compute="_compute_figures")

    @api.depends("figures", "state", "measure_ids.done_at", "measure_ids.state")
    @api.depends_context("lang")
    def _compute_figures(self):
        for row in self:
            # sudo: water.problem - numbers and days alone, not which complaints they count
            known = row.sudo().figures or row._figures()
            row.turned_on = known.get("turned_on")
            row.before_text = row._rate(known.get("before"))
            row.after_text = row._rate(known.get("after"))

    def _turning_day(self):
        """The day on which the first measure was done, by the company's clock; or nothing."""
        # sudo: water.improvement - dates alone
        done = self.sudo().measure_ids.filtered(
            lambda row: row.state in ("done", "verified") and row.done_at
        )
        if not done:
            return None
        local = self.with_context(tz=self.company_id._water_tz())
        return fields.Datetime.context_timestamp(local, min(done.mapped("done_at"))).date()

    def _figures(self):
        """``{"turned_on", "before", "after"}``; each span as days, number and ids."""
        self.ensure_one()
        turned, today = self._turning_day(), self.company_id._water_today()
        if not turned:
            return {}
        until = min(today, turned + timedelta(days=LONGEST))
        return {
            "turned_on": turned.isoformat(),
            "before": self._span(turned - timedelta(days=LONGEST), turned),
            "after": self._span(turned, until),
        }

    def _keep_figures(self):
        """As they are now, from now on."""
        # sudo: water.problem - written by checked steps alone, read in words
        for row in trusted(self.sudo()):
            row.figures = row._figures()

    def _span(self, first, end):
        """How many complaints came from ``first`` up to the day before ``end``."""
        zone = self.company_id._water_tz()
        domain = self._counted(self.company_id)
        for name, key in self._alike().items():
            operator = "child_of" if name in ("cause_id", "category_id") else "="
            domain &= Domain(name, operator, key)
        domain &= Domain("received_at", ">=", midnight(first, zone))
        domain &= Domain("received_at", "<", midnight(end, zone))
        # sudo: complaint - a number of all, the same for every reader
        found = self.env["water.complaint"].sudo()._search(domain, order="id")
        ids = [row[0] for row in self.env.execute_query(found.select())]
        last = max(first, end - timedelta(days=1))
        return {
            "first": first.isoformat(),
            "last": last.isoformat(),
            "number": len(ids),
            "ids": ids,
            "days": (end - first).days,
        }

    def _rate(self, span):
        """A span in words; a dash where there is none."""
        if not span or not span["days"]:
            return EMPTY
        rate = span["number"] * SPAN / span["days"]
        return self.env._(
            "%(rate).1f (%(number)s from %(first)s to %(last)s)", rate=rate, **self._told(span)
        )

    @api.model
    def _told(self, span):
        return {name: span[name] for name in ("number", "first", "last")}
