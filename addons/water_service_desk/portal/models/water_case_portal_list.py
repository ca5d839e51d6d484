from odoo import api, models
from odoo.fields import Domain


class WaterCaseMixin(models.AbstractModel):
    """The customer's list of his cases: by state, matter, month and account."""

    _inherit = "water.case.mixin"

    _portal_search_fields = (
        "name",
        "subject",
        "description",
        "address",
        "account_id.code",
        "category_id.public_name",
    )
    _portal_moment = "received_at"

    @api.model
    def _portal_sortings(self):
        return super()._portal_sortings() | {
            "due": (self.env._("Due"), "closed_at desc, promised_at, id"),
            "state": (self.env._("State"), "stage_id, received_at desc, id desc"),
        }

    @api.model
    def _portal_filters(self):
        is_open = Domain("closed_at", "=", False)
        return super()._portal_filters() | {
            "answer": (self.env._("Waiting for you"), self._portal_waiting_domain()),
            "open": (self.env._("In progress"), is_open),
            "closed": (self.env._("Finished"), ~is_open),
        }

    @api.model
    def _portal_groupings(self):
        return super()._portal_groupings() | {
            "state": (self.env._("State"), "stage_id", "state"),
            "category": (self.env._("Matter"), "category_id", "category_id"),
            "account": (self.env._("Account"), "account_id", "account_id"),
        }

    def _portal_group_title(self, groupby):
        # sudo: water.category, water.account - names of what the customer's own case is about
        case = self.sudo()
        if groupby == "state":
            return self._portal_titles()[self.state]
        if groupby == "category":
            category = case.category_id
            return category.public_name or category.name or self.env._("Other matters")
        if groupby == "account":
            account = case.account_id
            words = " · ".join(filter(None, (account.code, account.address)))
            return words or self.env._("Without an account")
        return super()._portal_group_title(groupby)

    def _portal_due(self):
        """By when a list says that the result comes; nothing as long as that stands still.

        One that has passed is said: his page says of it that we are late.
        """
        if not self._has_own_promise():
            return ""
        return self._portal_time(min(self.sudo()._limits_counted_on(), default=False))
