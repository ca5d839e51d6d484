from datetime import timedelta

from odoo import api, fields, models

from ...intake.filing import TooManyError

#: Seconds in which the calls of one key are counted.
WINDOW = 60
KEPT = timedelta(days=1)


class WaterApiCall(models.Model):
    """One call of an integration, stored for a day for the limit per key."""

    _name = "water.api.call"
    _inherit = ["water.mixin"]
    _description = "Call of an Integration"
    _order = "id desc"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade", string="Integration")
    method = fields.Char(required=True)
    at = fields.Datetime(required=True)

    _recent_idx = models.Index("(user_id, at)")

    @api.model
    def _count(self, method):
        """Record a call of the present user in a transaction of its own: failed ones count too.

        :raises TooManyError: above the company's limit
        """
        with self.env.registry.cursor() as cr:
            # sudo: water.api.call - hidden from the caller
            calls = self.with_env(self.env(cr=cr)).sudo()
            calls._check_limit()
            now = fields.Datetime.now()
            calls.create({"user_id": self.env.uid, "method": method, "at": now})

    @api.model
    def _check_limit(self):
        limit = self.env.company.sudo().water_api_limit
        begin = fields.Datetime.now() - timedelta(seconds=WINDOW)
        recent = [("user_id", "=", self.env.uid), ("at", ">", begin)]
        # sudo: water.api.call - callers may know that the limit is reached
        if limit and self.sudo().search_count(recent, limit=limit) >= limit:
            raise TooManyError(
                self.env._("More than %s calls a minute: wait a little and try again.", limit)
            )

    @api.model
    def _try(self, method, attempt):
        """Try a proof; each failure counts as a call, however many come in one request.

        :param attempt: function that returns an empty value on failure
        :raises TooManyError: above the company's limit, before it is tried
        """
        with self.env.registry.cursor() as cr:  # concurrent failures count
            self.with_env(self.env(cr=cr))._check_limit()
        found = attempt()
        if not found:
            self._count(method)
        return found

    @api.autovacuum
    def _gc_calls(self):
        self.search([("at", "<", fields.Datetime.now() - KEPT)], limit=100000).unlink()
