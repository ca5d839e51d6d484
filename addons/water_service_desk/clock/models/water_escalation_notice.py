from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class WaterEscalationNotice(models.Model):
    """Records that a person was notified of a step of a clock: once, unless the clock moves."""

    _name = "water.escalation.notice"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Escalation Notice"
    _order = "id desc"
    _allow_sudo_commands = False

    deadline_id = fields.Many2one(
        "water.deadline", required=True, readonly=True, index=True, ondelete="cascade"
    )
    step_id = fields.Many2one(
        "water.escalation.step", required=True, readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True)
    at = fields.Datetime(required=True, readonly=True)

    _once = models.Constraint(
        "UNIQUE (deadline_id, step_id, user_id, at)", "This person has been told already."
    )

    @api.model
    def _readonly_message(self):
        return self.env._("Escalations are sent by the system alone.")

    @api.model
    def _keep(self, rows):
        """Insert the notices of a sweep in one statement; a notice that exists makes it fail.

        :param rows: list of ``(deadline id, step id, user id, moment)``, moments in naive UTC
        """
        if not rows:
            return
        clocks, steps, users, moments = map(list, zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO water_escalation_notice
                       (deadline_id, step_id, user_id, at,
                        create_uid, write_uid, create_date, write_date)
                SELECT clock, step, person, moment, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM unnest(%(clocks)s, %(steps)s, %(users)s, %(moments)s::timestamp[])
                    AS told (clock, step, person, moment)
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                clocks=clocks,
                steps=steps,
                users=users,
                moments=moments,
            )
        )

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("An escalation that was sent is not changed."))
