from odoo import fields, models

from odoo.addons.water_service_desk.base.trust import trusted


class WaterCompensationApproval(models.Model):
    """One person's decision on a compensation: written once by the button, never changed."""

    _name = "water.compensation.approval"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Decision on a Compensation"
    _order = "id desc"
    _rec_name = "user_id"
    _allow_sudo_commands = False

    compensation_id = fields.Many2one(
        "water.compensation", required=True, readonly=True, index=True, ondelete="restrict"
    )
    decision = fields.Selection(
        [
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
            ("kept", "It stays"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Decided by", required=True, readonly=True)
    on_behalf_of_id = fields.Many2one("res.users", string="On Behalf of", readonly=True)
    at = fields.Datetime(string="On", required=True, readonly=True, default=fields.Datetime.now)
    reason = fields.Text(readonly=True)
    amount = fields.Monetary(readonly=True, help="On which amount was decided.")
    currency_id = fields.Many2one(related="compensation_id.currency_id")
    round = fields.Integer(
        readonly=True,
        aggregator=None,
        help="A changed amount is decided anew: earlier approvals do not count any more.",
    )
    company_id = fields.Many2one(related="compensation_id.company_id", store=True, index=True)

    _once = models.UniqueIndex(
        "(compensation_id, round, user_id) WHERE decision = 'approved'",
        "You have approved this already.",
    )

    def _readonly_message(self):
        return self.env._("Decisions are taken with the buttons of the compensation.")

    def _keep(self, rows, decision, behalf=None, reason=False):
        """Record the present user's decision.

        :param rows: water.compensation
        :param behalf: {compensation id: user the deputy stands in for}
        :param reason: why, if required
        """
        # sudo: water.compensation.approval - decisions are written only by this method
        return trusted(self.sudo()).create(
            [
                {
                    "compensation_id": row.id,
                    "decision": decision,
                    "user_id": self.env.uid,
                    "on_behalf_of_id": (behalf or {}).get(row.id, self.env["res.users"]).id,
                    "reason": reason,
                    "amount": row.amount,
                    "round": row.round,
                }
                for row in rows
            ]
        )
