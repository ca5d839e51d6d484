from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.water_service_desk.base.trust import is_trusted, trusted

#: Counters of a day's calls, in this order.
COUNTS = ("offered", "answered", "answered_fast", "abandoned")
#: Seconds within which an answer is a fast one.
FAST = 15


class WaterCallStatistic(models.Model):
    """The telephone system's numbers of one day for one group of agents.

    Counted if the telephone system reports each call, otherwise entered by hand or imported;
    entered numbers stay. A figure of the hotline is the sum of all groups (GB/T 33358-2016).
    """

    _name = "water.call.statistic"
    _inherit = ["water.mixin"]
    _description = "Calls of a Day"
    _keeps_what_is_shown = True
    _order = "day desc, name, id"

    day = fields.Date(required=True, index=True)
    name = fields.Char(
        string="Agent Group", required=True, help="As the telephone system names it."
    )
    department_id = fields.Many2one("water.department", index="btree_not_null", ondelete="restrict")
    offered = fields.Integer(
        string="Offered Calls", required=True, help="Calls that asked for a person."
    )
    answered = fields.Integer(string="Answered Calls", required=True)
    answered_fast = fields.Integer(
        string="Answered within 15 s", required=True, help="Of those answered."
    )
    abandoned = fields.Integer(
        string="Abandoned Calls",
        required=True,
        help="The caller hung up before the call was answered.",
    )
    is_counted = fields.Boolean(string="From Single Calls", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _group_uniq = models.Constraint(
        "UNIQUE (company_id, day, name)", "The calls of this group on this day are known already."
    )

    @api.constrains("offered", "answered", "answered_fast", "abandoned")
    def _check_calls(self):
        """Counts that cannot be: they would make rates above 100 %."""
        for row in self:
            counts = (row.offered, row.answered, row.answered_fast, row.abandoned)
            if min(counts) < 0:
                raise ValidationError(self.env._("%s: a number of calls is below 0.", row._line()))
            if row.answered_fast > row.answered or row.answered + row.abandoned > row.offered:
                raise ValidationError(
                    self.env._(
                        "%s: more calls were answered or abandoned than there were.", row._line()
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & set(COUNTS) and not is_trusted(self.env):
            trusted(self).write({"is_counted": False})
        return result

    @api.model
    def _count_calls(self, company, since):
        """Count the days anew of which calls were told.

        A call comes to its group when it is answered: where it was counted before, it counts no
        more.

        :param company: res.company
        :param since: naive UTC moment after which they were told; None: all that there are
        """
        counted = self._counted(company, since)
        days = [row[0] for row in counted]
        # sudo: water.call.statistic - counted by the system
        rows = trusted(self.sudo())
        known = rows.search([("company_id", "=", company.id), ("day", "in", days)])
        known = {(row.day, row.name): row for row in known}
        for day, group, *counts in counted:
            values = dict(zip(COUNTS, counts, strict=True))
            row = known.pop((day, group), None)
            if row is None:
                key = {"day": day, "name": group, "company_id": company.id}
                rows.create({**key, **values, "is_counted": True})
            elif row.is_counted and any(row[name] != values[name] for name in COUNTS):
                row.write(values)
        rows.union(*known.values()).filtered("is_counted").unlink()

    @api.model
    def _counted(self, company, since):
        """``(day, agent group, counts…)`` of incoming calls, by the company's days.

        Calls of no group are the company's.
        """
        self.env.flush_all()
        day = SQL("(offered_at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", company._water_tz())
        mine = SQL("company_id = %s AND direction = 'in' AND offered_at IS NOT NULL", company.id)
        told = SQL("write_date >= %s", since or fields.Datetime.to_datetime("1970-01-01"))
        return self.env.execute_query(
            SQL(
                "SELECT %(day)s, coalesce(nullif(agent_group, ''), %(whole)s), count(*),"
                " count(*) FILTER (WHERE outcome = 'answered'),"
                " count(*) FILTER (WHERE outcome = 'answered' AND ring_seconds <= %(fast)s),"
                " count(*) FILTER (WHERE outcome = 'abandoned')"
                " FROM water_call_record WHERE %(mine)s AND %(day)s IN"
                " (SELECT %(day)s FROM water_call_record WHERE %(mine)s AND %(told)s)"
                " GROUP BY 1, 2",
                day=day,
                whole=company.name,
                mine=mine,
                told=told,
                fast=FAST,
            )
        )

    def _line(self):
        return f"{self.day} {self.name}"

    @api.model
    def _missing_days(self, company, start, end):
        period = [("company_id", "=", company.id), ("day", ">=", start), ("day", "<", end)]
        # sudo: water.call.statistic - days are counted for readers of the sheet
        found = self.sudo()._read_group(period, [], ["day:count_distinct"])[0][0]
        return (end - start).days - found
