from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.turns import meet

from .water_compensation import BY_HAND

#: Who or what is paid.
JOINED = ("account_id", "partner_id")


class WaterCompensation(models.Model):
    """Several small ones for one matter or one payee are decided like one of their sum (S3.2.3a).

    Whoever proposes five hundred three times within days asks for fifteen hundred.
    """

    _inherit = "water.compensation"

    joint_amount = fields.Monetary(
        string="With Others",
        compute="_compute_joint_amount",
        compute_sudo=True,
        help="With what people have proposed besides for this case, or within days for this account"
        " or payee: by this amount it is settled who approves it.",
    )

    @api.depends(
        lambda self: (
            *("amount", "kind", "state", *JOINED, "partner_id.commercial_partner_id"),
            *self._case_models(),
        )
    )
    def _compute_joint_amount(self):
        by_hand = self.filtered(lambda row: row.kind in BY_HAND)
        others = by_hand._joined_by_any()
        for row in self:
            found = [others[link] for link in row._links() if link in others and row in by_hand]
            beside = row.browse().union(*found).filtered(row._is_joined_by)
            row.joint_amount = row.amount + sum(beside.mapped("amount"))

    def _links(self):
        """``(field, id)`` of what it hangs on, and of what its second handling goes on with."""
        payee = self.partner_id.commercial_partner_id
        hung = {name: self[name] for name in ("account_id", *self._case_models())}
        links = [(name, row.id) for name, row in {**hung, "partner_id": payee}.items() if row]
        return links + [("complaint_id", case.id) for case in self._filed_before()]

    def _filed_before(self):
        """Filed complaints with whose matter those of them go on under another number."""
        found = last = self.complaint_id.filtered("is_follow_up")
        while last:
            last = last._earlier_cases() - found
            found |= last
        return found - self.complaint_id

    def _joined_by_any(self):
        """What may count beside one of them: by people, neither refused nor taken back.

        :return: {(field, id): compensations}, since thousands may be looked at together
        """
        links = Domain.OR(
            [(name, "in", self[name].ids)] for name in ("account_id", *self._case_models())
        )
        links |= Domain("partner_id", "in", self.partner_id._water_same_payee().ids)
        links |= Domain("complaint_id", "in", self._filed_before().ids)
        live = Domain("state", "in", ("proposed", "approved")) & Domain("kind", "in", BY_HAND)
        live &= Domain("proposed_at", "!=", False)
        found = defaultdict(self.browse)
        for other in self.search(live & links) if self else self:
            for link in other._links():
                found[link] |= other
        return found

    def _is_joined_by(self, other):
        """Whether another one, which was proposed before, counts beside this one."""
        at = self.proposed_at or fields.Datetime.now()
        earlier = (other.proposed_at, other.id) < (at, self._origin.id or other.id + 1)
        if not earlier or other.company_id != self.company_id:
            return False
        near = (at - other.proposed_at).days < self.company_id.water_joint_days
        names = (*self._case_models(), *(JOINED if near else ()))
        theirs = set(other._links())
        return any(link in theirs for link in self._links() if link[0] in names)

    def _after_proposed(self):
        """Of two who propose for one payee or account at once, one starts again, and counts the
        other: neither would have been there when the other was decided.
        """
        by_hand = self.sudo().filtered(lambda row: row.kind in BY_HAND)
        meet(by_hand.account_id)
        meet(by_hand.partner_id.commercial_partner_id)
        super()._after_proposed()

    def _lock(self):
        super()._lock()
        self.invalidate_recordset(["joint_amount"])
