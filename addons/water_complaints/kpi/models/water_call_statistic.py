from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaterCallStatistic(models.Model):
    """What the telephone system counted in one day for one group of agents.

    Entered by hand or imported as a file, until calls come one by one. A figure of the hotline is
    the sum over all groups (GB/T 33358-2016).
    """

    _name = "water.call.statistic"
    _description = "Calls of a Day"
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
        string="Abandoned Calls", required=True, help="The caller hung up before anybody answered."
    )
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

    def _line(self):
        return f"{self.day} {self.name}"

    @api.model
    def _missing_days(self, company, start, end):
        """How many days of a period have no calls on record.

        :param company: whose
        :param start: first day
        :param end: first day after it
        """
        period = [("company_id", "=", company.id), ("day", ">=", start), ("day", "<", end)]
        # sudo: water.call.statistic - days are counted, for whoever may read the sheet
        found = self.sudo()._read_group(period, [], ["day:count_distinct"])[0][0]
        return (end - start).days - found
