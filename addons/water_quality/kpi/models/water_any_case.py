from odoo import fields, models

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.case.models.water_category import SEVERITIES

KINDS = [("complaint", "Complaint"), ("inquiry", "Inquiry"), ("request", "Request")]
#: Stored fields of cases that the view shows as they are.
SHARED = (
    *("name", "company_id", "department_id", "zone_id", "channel_id", "category_id", "user_id"),
    *("severity", "state", "received_at", "closed_at", "handling_round", "is_anonymous"),
    "is_follow_up",
    *("external_responded", "external_solved", "external_satisfied", "external_verdict_on"),
)


#: One SELECT for each type; columns that a query does not ask for are not computed.
QUERY = """
    SELECT c.id * 4 + 1 AS id, 'complaint' AS kind,
           c.id AS complaint_id, NULL::int AS inquiry_id, NULL::int AS request_id,
           c.name, c.company_id, c.department_id, c.zone_id, c.channel_id,
           c.category_id, c.user_id, c.severity, c.state, c.received_at, c.closed_at,
           c.handling_round, c.external_responded, c.external_solved,
           c.external_satisfied, c.external_verdict_on,
           c.is_follow_up IS TRUE AS is_follow_up,
           c.is_anonymous IS TRUE AS is_anonymous,
           c.leaves_figures IS NOT TRUE
           AND c.state NOT IN ('withdrawn', 'merged', 'rejected') AS counts,
           EXISTS (SELECT FROM water_deadline d JOIN water_deadline_pause p
                   ON p.deadline_id = d.id
                   WHERE d.complaint_id = c.id AND d.kind = 'close'
                   AND p.kind = 'extension' AND p.state = 'done') AS is_extended,
           c.satisfaction_result::int AS score
    FROM water_complaint c
    UNION ALL
    SELECT c.id * 4 + 2, 'inquiry',
           NULL, c.id, NULL,
           c.name, c.company_id, c.department_id, c.zone_id, c.channel_id,
           c.category_id, c.user_id, c.severity, c.state, c.received_at, c.closed_at,
           c.handling_round, c.external_responded, c.external_solved,
           c.external_satisfied, c.external_verdict_on,
           c.is_follow_up IS TRUE, c.is_anonymous IS TRUE,
           c.state NOT IN ('withdrawn', 'converted', 'merged'),
           EXISTS (SELECT FROM water_deadline d JOIN water_deadline_pause p
                   ON p.deadline_id = d.id
                   WHERE d.inquiry_id = c.id AND d.kind = 'close'
                   AND p.kind = 'extension' AND p.state = 'done'),
           (SELECT b.score::int FROM water_callback b
            WHERE b.inquiry_id = c.id AND b.score IS NOT NULL AND b.state = 'done'
            AND b.done_at >= c.closed_at
            ORDER BY b.done_at DESC, b.id DESC LIMIT 1)
    FROM water_inquiry c
    UNION ALL
    SELECT c.id * 4 + 3, 'request',
           NULL, NULL, c.id,
           c.name, c.company_id, c.department_id, c.zone_id, c.channel_id,
           c.category_id, c.user_id, c.severity, c.state, c.received_at, c.closed_at,
           c.handling_round, c.external_responded, c.external_solved,
           c.external_satisfied, c.external_verdict_on,
           c.is_follow_up IS TRUE, c.is_anonymous IS TRUE, c.state NOT IN ('withdrawn', 'merged'),
           EXISTS (SELECT FROM water_deadline d JOIN water_deadline_pause p
                   ON p.deadline_id = d.id
                   WHERE d.request_id = c.id AND d.kind = 'close'
                   AND p.kind = 'extension' AND p.state = 'done'),
           CASE c.satisfaction WHEN 'satisfied' THEN 5 WHEN 'basically' THEN 3
                               WHEN 'dissatisfied' THEN 1 END
    FROM water_request c
"""


class WaterAnyCase(models.Model):
    """All cases of the three types on one scale, for figures about all of them.

    A view without storage. ``score`` maps the three scales of satisfaction onto 1 to 5 and is empty
    without an answer since the closing; ``counts`` leaves out withdrawn, merged and unaccepted
    cases, and those that an appeal removed from the figures.
    """

    _name = "water.any.case"
    _inherit = ["water.mixin"]
    _description = "Case of Any Type"
    _auto = False
    _order = "received_at desc, id desc"
    _dossier = False  # the case itself is in it

    kind = fields.Selection(KINDS, readonly=True, string="Type")
    complaint_id = fields.Many2one("water.complaint", readonly=True)
    inquiry_id = fields.Many2one("water.inquiry", readonly=True)
    request_id = fields.Many2one("water.request", readonly=True)
    name = fields.Char(string="Number", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    department_id = fields.Many2one("water.department", readonly=True)
    zone_id = fields.Many2one("water.zone", string="Supply Zone", readonly=True)
    channel_id = fields.Many2one("water.channel", readonly=True)
    category_id = fields.Many2one("water.category", readonly=True)
    user_id = fields.Many2one("res.users", string="Handled by", readonly=True)
    severity = fields.Selection(SEVERITIES, readonly=True)
    state = fields.Char(string="Status Code", readonly=True)
    received_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)
    handling_round = fields.Integer(string="Round of Handling", readonly=True)
    is_follow_up = fields.Boolean(string="Counted under Another Number", readonly=True)
    counts = fields.Boolean(string="In the Rates", readonly=True)
    is_anonymous = fields.Boolean(string="Anonymous", readonly=True)
    is_extended = fields.Boolean(string="Extended", readonly=True)
    score = fields.Integer(string="Satisfaction (1 to 5)", readonly=True, aggregator="avg")
    external_responded = fields.Char(string="Responded (Body)", readonly=True)
    external_solved = fields.Char(string="Solved (Body)", readonly=True)
    external_satisfied = fields.Char(string="Satisfied (Body)", readonly=True)
    external_verdict_on = fields.Date(string="Verdict of", readonly=True)

    _depends = {
        "water.complaint": [*SHARED, "leaves_figures", "satisfaction_result"],
        "water.inquiry": [*SHARED],
        "water.request": [*SHARED, "satisfaction"],
        "water.callback": ["inquiry_id", "score", "state", "done_at"],
        "water.deadline": ["kind", "complaint_id", "inquiry_id", "request_id"],
        "water.deadline.pause": ["deadline_id", "kind", "state"],
    }

    @property
    def _table_query(self):
        return QUERY

    def action_open_case(self):
        """Open the case's own form; its access rules apply there."""
        self.ensure_one()
        self.check_access("read")
        return windows.form(self.complaint_id or self.inquiry_id or self.request_id)
