from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models

from ...base.isolated import run_isolated
from ...base.trust import trusted

#: For how long counts are taken: the scheduled action comes every hour.
FRESH = timedelta(hours=3)
#: More rows than these are not looked through for a page: one more or less changes no figure.
MANY = 10_000
#: Pages of users who have logged in within this time are counted.
READING = timedelta(days=30)
#: Beside the figures: by which rights they were counted.
RIGHTS = "rights"


class Kept(NamedTuple):
    """Cached counts of one reader's page.

    ``figures`` are ``{definition: (first day not cached, counts of days)}``, ``loads``
    ``{definition: [(person, open, late)]}``; ``counted_at`` is the naive UTC moment of the count.
    """

    counted_at: object = False
    figures: dict = {}  # noqa: RUF012  # noqa: RUF012 # never written
    loads: dict = {}  # noqa: RUF012

    def told_at(self, day, definitions):
        """Return since when these figures are cached; ``False`` if they are current.

        :param day: today
        """
        ends = [self.figures[one][0] for one in definitions if one in self.figures]
        return self.counted_at if any(end > day for end in ends) else False


class WaterHomeCount(models.Model):
    """Daily counts of the figures of a user's first page, this month and the last.

    A city has a thousand cases a day, and counting those of two months takes longer than a page
    may. So past days are counted every hour, for each reader under the reader's own rights; the
    page counts later rows and adds them up. A day with very many rows is shown as of the last count
    even while it lasts, and so are loads; the page says since when. Without fresh counts the page
    counts all rows.
    """

    _name = "water.home.count"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Home Page Counts"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    counted_at = fields.Datetime(required=True, readonly=True)
    figures = fields.Json(readonly=True, help="Of each figure the counts of its days.")
    loads = fields.Json(readonly=True, help="Of what there is very much of: who has how much.")

    _reader_uniq = models.UniqueIndex("(user_id, company_id)")

    @api.model
    def _kept(self):
        """Return the cached counts of the present reader, within the active company.

        :return: ``Kept``, an empty one without fresh counts
        """
        company = self.env.companies
        # sudo: water.home.count - of the reader's own rows
        row = self.sudo().search(
            [("user_id", "=", self.env.uid), ("company_id", "in", company.ids)]
        )
        if len(company) != 1 or not row or fields.Datetime.now() - row.counted_at > FRESH:
            return Kept()
        figures = dict(row.figures or {})
        if figures.pop(RIGHTS, None) != self._rights(self.env.user):
            return Kept()
        today = company.sudo()._water_today(row.counted_at)
        figures = {key: (self._since(today, days), days) for key, days in figures.items()}
        return Kept(row.counted_at, figures, row.loads or {})

    @api.model
    def _since(self, today, days):
        whole, _part = days.get(str(today), (0, 0))
        return today + timedelta(days=int(whole > MANY))

    @api.model
    def _rights(self, reader):
        """Return the key of a reader's rights: a change of role or unit invalidates the counts."""
        reader = reader.sudo()
        return [sorted(reader.all_group_ids.ids), sorted(reader.water_department_ids.ids)]

    @api.model
    def _cron_count(self):
        """Scheduled action: count the days of all users with a first page."""
        readers = self._readers()
        self.env["ir.cron"]._commit_progress(remaining=len(readers))
        for reader in readers:
            for company in reader.company_ids:
                run_isolated(reader, self._count, company)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _readers(self):
        """Return users with figures on their page, the longest uncounted first."""
        figures = self.env["water.home.item"].search([("section", "in", ("figure", "load"))])
        recent = fields.Datetime.now() - READING
        mine = [("all_group_ids", "in", figures.group_ids.ids), ("login_date", ">=", recent)]
        counted = dict(self._read_group([], ["user_id"], ["counted_at:min"]))
        never = fields.Datetime.from_string("1970-01-01 00:00:00")
        return self.env["res.users"].search(mine).sorted(lambda user: counted.get(user, never))

    @api.model
    def _count(self, reader, company):
        """Count one reader's days within one company, with the reader's rights."""
        context = {"allowed_company_ids": company.ids}
        items = self.env["water.home.item"].with_user(reader).with_context(**context)._mine().sudo()
        days = items._days()
        figures = {
            item._definition(): item._day_counts(days["month_before"], days["tomorrow"])
            for item in items
            if item.section == "figure" and item.date_field
        }
        figures[RIGHTS] = self._rights(reader)
        loads = {item._definition(): item._loads() for item in items if item.section == "load"}
        loads = {key: rows for key, rows in loads.items() if sum(row[1] for row in rows) > MANY}
        mine = trusted(self)
        row = mine.search([("user_id", "=", reader.id), ("company_id", "=", company.id)])
        values = {"counted_at": fields.Datetime.now(), "figures": figures, "loads": loads}
        values |= {"user_id": reader.id, "company_id": company.id}
        row.write(values) if row else mine.create(values)
