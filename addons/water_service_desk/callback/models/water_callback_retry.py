from odoo import api, fields, models

#: Minutes until the next call by default.
DEFAULT_MINUTES = 60


class WaterCallbackRetry(models.Model):
    """How long to wait after a call in vain: by what happened, and how often it did."""

    _name = "water.callback.retry"
    _inherit = ["water.choice.name.mixin", "water.mixin"]
    _description = "Wait until the Next Call"
    _order = "result, after"
    _rec_name = "result"

    result = fields.Selection(
        [
            ("no_answer", "No answer"),
            ("busy", "Busy"),
            ("wrong_number", "Wrong number"),
            ("later", "Asked to call later"),
        ],
        string="What Happened",
        required=True,
    )
    after = fields.Integer(
        string="From Try",
        required=True,
        default=1,
        aggregator=None,
        help="Holds from this unsuccessful try on, until a later line takes over.",
    )
    minutes = fields.Integer(
        string="Wait (Minutes)", required=True, default=DEFAULT_MINUTES, aggregator=None
    )

    _sane = models.Constraint(
        "CHECK (after > 0 AND minutes BETWEEN 1 AND 20160)",
        "Choose a positive number of tries, and a wait of at most two weeks.",
    )
    _result_uniq = models.Constraint(
        "UNIQUE (result, after)", "There is a line for this try already."
    )

    @api.model
    def _minutes(self, result, count):
        # sudo: water.callback.retry - shared configuration, callers need it
        domain = [("result", "=", result), ("after", "<=", count)]
        row = self.sudo().search(domain, order="after desc", limit=1)
        return row.minutes or DEFAULT_MINUTES

    @api.model
    def _least_minutes(self):
        # sudo: water.callback.retry - shared configuration, callers need it
        rows = self.sudo().search([("result", "!=", "later")])
        return min(rows.mapped("minutes"), default=DEFAULT_MINUTES)
