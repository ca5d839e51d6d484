from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_amount

from odoo.addons.water_service_desk.customer.scope import LOOKED_AT, SHOWN, row, section, tally

FACTS = ("name", "kind", "state", "payment_state", "amount", "currency_id", "due_on", "reason")


class WaterCustomer(models.AbstractModel):
    """Show the compensations on the customer's page."""

    _inherit = "water.customer"

    @api.model
    def _sections(self, scope):
        part = self._compensation_section(scope)
        return super()._sections(scope) + ([part] if part else [])

    @api.model
    def _compensation_section(self, scope):
        """Return the part about compensations, or None for users who may not read them."""
        if not self._reads_people():
            return None
        his = Domain("partner_id", "=", scope.person.id) if scope.person else Domain.FALSE
        rows = self._seen(
            "water.compensation",
            his | self._of_cases("water.compensation", scope),
            FACTS,
            order="id desc",
            limit=LOOKED_AT,
        )
        if rows is None:
            return None
        by_state = rows.grouped("state")
        tallies = [
            tally(self._label(rows._name, "state", state), by_state.get(state, rows[:0]))
            for state in ("proposed", "approved")
        ]
        paid = rows.filtered(lambda row: row.payment_state == "paid")
        tallies.append(tally(self._label(rows._name, "payment_state", "paid"), paid, "success"))
        shown = [self._compensation_row(each) for each in rows[:SHOWN]]
        return section("compensations", 45, self.env._("Compensations"), shown, tallies)

    @api.model
    def _compensation_row(self, owed):
        is_booked = owed.payment_state != "none"
        name, state = ("payment_state", owed.payment_state) if is_booked else ("state", owed.state)
        tones = {"proposed": "warning", "refused": "muted", "withdrawn": "muted", "paid": "success"}
        return row(
            owed,
            owed.name,
            self._label(owed._name, "kind", owed.kind),
            note=owed.reason or "",
            amount=format_amount(self.env, owed.amount, owed.currency_id),
            state=self._label(owed._name, name, state),
            tone=tones.get(state, ""),
        )
