from datetime import timedelta

from odoo import api, fields, models

from ...base.apart import apart
from ...base.trust import trusted

#: What was begun before a change ends within this time, and is looked at again as long, and soon.
BEGUN, LOOKED_AT, SOON = timedelta(minutes=10), timedelta(hours=1), timedelta(minutes=5)


class WaterHoursChange(models.Model):
    """Who changed the hours and days by which limits are counted, when, what, and what it moved.

    Written with the change and never altered: hours that are lengthened, used and put back stay
    known, whoever's limits they were. Who would gain by it himself is refused, see
    ``_nobody_gains``.
    """

    _name = "water.hours.change"
    _inherit = ["water.kept.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Change of Working Hours"
    _order = "id desc"
    _allow_sudo_commands = False

    name = fields.Char(string="Working Hours", required=True, readonly=True)
    calendar_id = fields.Many2one("resource.calendar", readonly=True, index="btree_not_null")
    text = fields.Text(
        string="What Changed", readonly=True, help="− what held before, + what holds now."
    )
    clock_count = fields.Integer(
        string="Limits Moved", readonly=True, help="Of time limits that were running."
    )
    user_id = fields.Many2one("res.users", string="Changed by", required=True, readonly=True)
    at = fields.Datetime(string="On", required=True, readonly=True, index=True)
    company_id = fields.Many2one("res.company", readonly=True, index=True)

    @api.model
    def _kept_message(self):
        return self.env._("The history is kept by the system.")

    @api.model
    def _keep(self, before, after, moved=0):
        """Keep what is another one than before.

        :param before: {resource.calendar: lines of what limits were counted by}
        :param after: the same, as it is now
        :param moved: how many limits that were running it has moved
        """
        rows = []
        for calendar in {**before, **after}:
            old, new = before.get(calendar, ()), after.get(calendar, ())
            lines = [f"− {line}" for line in old if line not in new]
            lines += [f"+ {line}" for line in new if line not in old]
            if lines:
                rows.append(
                    {
                        "name": calendar.display_name,
                        "calendar_id": calendar.id,
                        "text": "\n".join(lines),
                        "clock_count": moved,
                        "user_id": self.env.uid,
                        "at": fields.Datetime.now(),
                        "company_id": calendar.company_id.id,
                    }
                )
        if rows and self.pool.ready:  # what the addons bring has no history
            # sudo: water.hours.change - nobody but this method writes the history
            trusted(self.sudo()).create(rows)
            # sudo: ir.cron - whoever keeps the hours may ask the sweep to look again
            cron = self.env.ref("water_service_desk.ir_cron_sweep").sudo()
            cron._trigger(at=fields.Datetime.now() + SOON)

    @api.model
    def _look_again(self):
        """Have limits follow that were worked out while a change was being written.

        Whoever files a case meanwhile does not see it, nor does the change see the case: neither is
        there yet for the other.
        """
        recent = self.sudo().search([("at", ">=", fields.Datetime.now() - LOOKED_AT)])
        if not recent:
            return
        since = min(recent.mapped("at")) - BEGUN
        apart(self.env["water.deadline"].sudo(), _follow_days, since)
        for model in self.env["water.counted.limit.mixin"]._counted_models():
            apart(self.env[model], _follow_days, since)


def _follow_days(rows, since):
    """Step of :func:`apart`: count again what was written since."""
    rows._follow_written(since)
