from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.trust import trusted

#: How long before the last day the inspector is reminded.
REMIND = timedelta(days=5)


class WaterInspection(models.Model):
    """An inspection that a plan drew up for a month, and the reminder of it."""

    _inherit = "water.inspection"

    plan_id = fields.Many2one(
        "water.inspection.plan",
        string="Inspection Plan",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    month = fields.Date(readonly=True, help="First day of the month it was drawn up for.")
    number = fields.Integer(string="Sample", readonly=True, aggregator=None)
    due_on = fields.Date(string="Due by", readonly=True)
    reminded_on = fields.Date(readonly=True)

    # The database keeps a plan that runs twice from drawing up the same sample again.
    _sample_uniq = models.UniqueIndex(
        "(plan_id, user_id, month, number) WHERE plan_id IS NOT NULL",
        "This sample was drawn up already.",
    )

    @api.model
    def _cron_draw_up(self):
        """Scheduled action: draw up the month's inspections, and remind of those left.

        Each plan is committed by itself. Killed or run twice, it neither forgets a sample nor
        draws it up again, and the same month always brings the same samples.
        """
        plans = self.env["water.inspection.plan"].search([("active", "=", True)], order="id")
        for done, plan in enumerate(plans, 1):
            if not plan.try_lock_for_update(allow_referencing=True):
                continue  # another run has it
            plan._draw_up()
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(plans) - done):
                return
        self._remind()

    @api.model
    def _remind(self):
        """Remind each inspector, once, of what is due within the next days."""
        due = self.env["res.company"]._water_each_day(
            "company_id", lambda day: Domain("due_on", "<=", day + REMIND)
        )
        due &= Domain("state", "=", "draft") & Domain("reminded_on", "=", False)
        waiting = self.search(due, order="due_on, id")
        self.env["water.staff.message"]._tell_lists(
            waiting.grouped("inspector_id"),
            lambda env, count: env._("%(count)s inspections are to be made", count=count),
        )
        for company, rows in waiting.grouped("company_id").items():
            trusted(rows).write({"reminded_on": company._water_today()})

    def _reminder_line(self):
        """What waits, for the inspector's reminder."""
        return self.display_name
