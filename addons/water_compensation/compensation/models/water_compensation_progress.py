from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.water_service_desk.base import windows


class WaterCompensationProgress(models.Model):
    """How far the money of each incident is: decided, booked in batches, posted, paid.

    Counts and sums alone, for finance, which sees neither incidents nor cases. One row for
    each incident, and one for what belongs to none.
    """

    _name = "water.compensation.progress"
    _inherit = ["water.mixin"]
    _description = "Progress of Compensations"
    _auto = False
    _order = "open_count desc, id desc"
    _rec_name = "incident_name"
    _depends = {
        "water.compensation": [
            *("incident_id", "company_id", "currency_id", "state", "payment_state"),
            *("move_queued", "move_error", "amount"),
        ],
    }

    incident_id = fields.Many2one("water.incident", string="Incident Record", readonly=True)
    incident_name = fields.Char(
        string="Incident",
        compute="_compute_incident_name",
        compute_sudo=True,
        search="_search_incident_name",
    )
    to_decide = fields.Integer(readonly=True)
    approved = fields.Integer(readonly=True)
    waiting = fields.Integer(
        string="Entries to Make", readonly=True, help="Made by the scheduled action, in batches."
    )
    failed = fields.Integer(
        string="Entry Not Possible",
        readonly=True,
        help="No entry could be made; the reason stands on each.",
    )
    made = fields.Integer(string="Entries Made", readonly=True)
    posted = fields.Integer(readonly=True)
    paid = fields.Integer(readonly=True)
    open_count = fields.Integer(readonly=True, help="Approved, and not paid yet.")
    amount = fields.Monetary(string="Approved Amount", readonly=True)
    percent = fields.Float(string="Entries Made (%)", readonly=True, aggregator=None)
    paid_percent = fields.Float(string="Paid (%)", readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    @property
    def _table_query(self):
        """Counts by incident and company: one scan, however many compensations there are."""
        return SQL(
            """
            SELECT *, coalesce(100.0 * made / nullif(approved, 0), 0) AS percent,
                   coalesce(100.0 * paid / nullif(approved, 0), 0) AS paid_percent,
                   approved - paid - taken_back AS open_count
              FROM (
                SELECT min(c.id) AS id, c.incident_id, c.company_id, c.currency_id,
                       count(*) FILTER (WHERE c.state = 'proposed') AS to_decide,
                       count(*) FILTER (WHERE c.state = 'approved') AS approved,
                       count(*) FILTER (WHERE c.state = 'approved' AND c.move_queued) AS waiting,
                       count(*) FILTER (WHERE c.state = 'approved' AND c.move_queued
                                              AND c.move_error IS NOT NULL) AS failed,
                       count(*) FILTER (WHERE c.state = 'approved' AND c.payment_state
                                              IN ('draft', 'posted', 'paid', 'reversed')) AS made,
                       count(*) FILTER (WHERE c.state = 'approved' AND c.payment_state
                                              IN ('posted', 'paid')) AS posted,
                       count(*) FILTER (WHERE c.state = 'approved'
                                              AND c.payment_state = 'paid') AS paid,
                       count(*) FILTER (WHERE c.state = 'approved'
                                              AND c.payment_state = 'reversed') AS taken_back,
                       coalesce(sum(c.amount) FILTER (WHERE c.state = 'approved'), 0) AS amount
                  FROM water_compensation c
                 WHERE c.amount > 0
                 GROUP BY c.incident_id, c.company_id, c.currency_id
              ) counted
            """
        )

    @api.depends("incident_id")
    @api.depends_context("lang")
    def _compute_incident_name(self):
        for line in self:
            incident = line.incident_id
            parts = (incident.name, incident.subject)
            line.incident_name = " · ".join(filter(None, parts)) or self.env._("Outside incidents")

    @api.model
    def _search_incident_name(self, operator, value):
        # sudo: water.incident - the line itself shows number and subject
        incidents = self.env["water.incident"].sudo()
        found = Domain("name", operator, value) | Domain("subject", operator, value)
        return Domain("incident_id", "in", incidents.search(found).ids)

    def action_open(self):
        """Open the compensations that are counted in the row; their own rules apply there."""
        self.ensure_one()
        self.check_access("read")
        return windows.rows(
            "water.compensation",
            self.incident_name,
            [
                ("incident_id", "=", self.incident_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("proposed", "approved")),
            ],
            {"search_default_group_payment": 1},
        )
