from odoo import api, fields, models
from odoo.fields import Domain


class WaterCompensation(models.Model):
    """The customer's compensations on his pages: listed, in their case, and with their bill."""

    _inherit = "water.compensation"

    payment_shown = fields.Selection(
        [
            ("none", "To be paid"),
            ("draft", "Being paid"),
            ("posted", "Credited"),
            ("paid", "Paid"),
            ("reversed", "Taken back"),
            ("not_paid", "Not paid"),
        ],
        string="Payment for the Customer",
        compute="_compute_payment_shown",
        store=True,
        copy=False,
    )

    _portal_url = "/my/compensations"
    _portal_search_fields = ("name", "reason", "account_id.code", "account_id.address")

    @api.depends("payment_state", "taken_back_at")
    def _compute_payment_shown(self):
        """What he was told is not paid stands nowhere as credited, whatever its entry waits for."""
        for row in self:
            row.payment_shown = "not_paid" if row.taken_back_at else row.payment_state or "none"

    # -- whose ------------------------------------------------------------------------------

    @api.model
    def _portal_domain(self, partner):
        """What ``partner`` may know of: his own, not those of his company's people.

        :param partner: res.partner of the signed-in user
        """
        if not partner:
            return Domain.FALSE
        own = Domain("partner_id", "=", partner.id)
        return self._shown_domain() & (own | self._delegated_domain(partner))

    @api.model
    def _delegated_domain(self, partner):
        """Those of accounts whose holder lets ``partner`` see them; none of delicate cases."""
        delegations = self.env["water.account.delegate"]._in_force(partner)
        parts = [
            Domain("account_id", "=", row.account_id.id)
            & Domain("partner_id", "=", row.holder_id.id)
            for row in delegations.filtered("sees_money")
        ]
        if not parts:
            return Domain.FALSE
        plain = Domain.TRUE
        for link, model in self._case_models().items():
            # sudo: case - asked by the domain alone
            delicate = ~self.env[model].sudo()._not_delicate()
            plain &= Domain(link, "=", False) | Domain(link, "not any", delicate)
        return Domain.OR(parts) & plain

    @api.model
    def _portal_of_invoice(self, move):
        """The customer's compensations that ``move`` is the entry of, or that relate to it.

        :param move: account.move that he may see, with sudo
        """
        entry = Domain("move_id", "=", move.id) | Domain("invoice_id", "=", move.id)
        return self._portal_search(entry, order="id")

    # -- what is offered --------------------------------------------------------------------

    @api.model
    def _portal_words(self):
        return {
            "kind": "compensation",
            "many": self.env._("My compensations"),
            "none": self.env._("There is no compensation for you."),
        }

    @api.model
    def _portal_sortings(self):
        amount = (self.env._("Amount"), "amount desc, id desc")
        return super()._portal_sortings() | {"amount": amount}

    @api.model
    def _portal_filters(self):
        credited = Domain("payment_state", "in", ("posted", "paid"))
        back = Domain("payment_state", "=", "reversed")
        over = Domain("taken_back_at", "!=", False)
        return super()._portal_filters() | {
            "open": (self.env._("Not paid yet"), ~(credited | back | over)),
            "paid": (self.env._("Credited or paid"), credited & ~over),
            "back": (self.env._("Taken back or not paid"), back | over),
        }

    @api.model
    def _portal_groupings(self):
        return super()._portal_groupings() | {
            "kind": (self.env._("Kind"), "kind", "kind"),
            "payment": (self.env._("Payment"), "payment_shown", "payment_shown"),
            "account": (self.env._("Account"), "account_id", "account_id"),
        }

    def _portal_group_title(self, groupby):
        if groupby == "kind":
            return self._kind_label()
        if groupby == "payment":
            titles = self._fields["payment_shown"]._description_selection(self.env)
            return dict(titles)[self.payment_shown]
        if groupby == "account":
            account = self.sudo().account_id
            words = " · ".join(filter(None, (account.code, account.address)))
            return words or self.env._("Without an account")
        return super()._portal_group_title(groupby)

    # -- what he reads ----------------------------------------------------------------------

    def _kind_label(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _portal_rows(self):
        return [row._portal_card() for row in self]

    def _portal_card(self):
        """What a page of the customer shows of it: plain values."""
        return {
            "number": self.name,
            "kind": self._kind_label(),
            "reason": self._reason_shown(),
            "amount": self._money(),
            "payment": self._payment_words(),
            "is_paid": self.payment_state in ("posted", "paid") and not self.taken_back_at,
            "case": self.case_name or "",
            "url": self._portal_case_url(),
        }

    def _portal_case_url(self):
        """Where the customer reads about the case it belongs to; "" when it is not his."""
        case = self.sudo()._own_case()
        return "" if case is None else f"{case._portal_url}/{case.id}"
