from odoo import api, fields, models

from odoo.addons.water_service_desk.base.moments import span_text
from odoo.addons.water_service_desk.base.roles import AGENT, MANAGER

#: Besides the case, what the reasons are seen in.
SEEN_IN = (
    *("partner_id", "account_id.partner_id"),
    *("incident_id.set_back_minutes", "incident_id.manager_id"),
)


def _minutes(begin, end):
    return int((end - begin).total_seconds() // 60) if begin and end else 0


class WaterCompensation(models.Model):
    """What asks for a second approver, whatever the band says, and is shown with its reasons.

    Facts that were entered long after they happened, a first responsible who was put there, a
    payee who is, or seems to be, one of the staff: none of it is wrong, all of it is how one
    hand would pay itself (S3.2.3a).
    """

    _inherit = "water.compensation"

    second_note = fields.Text(
        string="Why Two Approve",
        compute="_compute_second_note",
        compute_sudo=True,
        help="For these reasons two people approve it, who had no hand in its facts.",
    )

    @api.depends(lambda self: (*SEEN_IN, *self._case_models()))
    @api.depends_context("lang")
    def _compute_second_note(self):
        staff = self._staff_behind()
        for row in self:
            reasons = [*row._late_entries(), *row._foreign_hands()]
            reasons += row._doubtful_payee(staff[row.id])
            row.second_note = "\n".join(reasons) or False

    # -- facts entered later ------------------------------------------------------------------

    def _late_entries(self):
        """Facts that were set earlier than they were entered, by more than the company allows."""
        found, case, incident = [], self._case_or_none(), self.incident_id
        allowed = self.company_id.water_late_entry_minutes
        entry = case._first_entry() if case is not None else None
        late = _minutes(entry.received_at, entry._entered_at()) if entry is not None else 0
        if late > allowed:
            found.append(
                self.env._(
                    "%(case)s was entered %(span)s after it was received, by %(user)s",
                    case=entry.name,
                    span=span_text(self.env, late),
                    user=entry.create_uid.name,
                )
            )
        if incident.set_back_minutes > allowed:
            found.append(
                self.env._(
                    "the beginning of %(incident)s was set back by %(span)s, by %(user)s",
                    incident=incident.name,
                    span=span_text(self.env, incident.set_back_minutes),
                    user=", ".join(incident.set_back_by_ids.mapped("name")) or "-",
                )
            )
        return found

    # -- who was put there --------------------------------------------------------------------

    def _foreign_hands(self):
        """A first responsible or a commander whom another has put there, or of another house."""
        found, case, incident = [], self._case_or_none(), self.incident_id
        first = case.first_responsible_id if case is not None else self.env["res.users"]
        if first and self._is_foreign(first, case.department_id, AGENT):
            found.append(
                self.env._("%s answers for the case and is not of its department", first.name)
            )
        original = case.original_responsible_id if case is not None else first
        if original and case._is_named_by_another():
            found.append(
                self.env._(
                    "%(user)s registered the case and named %(first)s to answer for it",
                    user=case.create_uid.name,
                    first=original.name,
                )
            )
        head = incident.manager_id
        if head and self._is_foreign(head, incident.department_id, AGENT, MANAGER):
            found.append(
                self.env._("%s commands the incident and is not of its department", head.name)
            )
        return found

    def _is_foreign(self, user, department, *roles):
        """Whether ``user`` belongs neither to the department nor to those who may have any case."""
        people = department.member_ids | department.manager_id | department.deputy_id
        at_home = user in people or any(user.has_group(role) for role in roles)
        return not (at_home and self.company_id in user.company_ids)

    # -- who is paid --------------------------------------------------------------------------

    def _doubtful_payee(self, staff):
        """The payee seems to be one of the staff, or is nobody whom the matter knows.

        :param staff: res.users that payee or holder are, or seem to be
        """
        found = []
        if staff:
            names = ", ".join(staff.mapped("name"))
            found.append(
                self.env._("the payee is, or shares contact or bank with, staff: %s", names)
            )
        if self._is_payee_unknown():
            found.append(self.env._("the payee is neither the holder nor the customer of the case"))
        return found

    def _is_payee_unknown(self):
        """Whether the payee has never held the account, and is not the customer of the case."""
        account, case = self.account_id, self._case_or_none()
        known = account.partner_id | account.former_holder_ids.partner_id
        known |= case.partner_id if case is not None else known.browse()
        return bool(account) and not self.partner_id._water_is_same_payee(known)

    def _staff_behind(self):
        """{id: res.users}: the staff whom payee or holder are, or seem to be, or who live there.

        Who acts for the account counts like its holder.
        """
        payees = {
            row.id: row.partner_id | row.account_id.partner_id | row.account_id._acting_for()
            for row in self
        }
        everybody = self.env["res.partner"].union(*payees.values())
        found = everybody._water_staff_by_contact(*payees.values())
        at_home = everybody._water_staff_at(self.account_id.mapped("address"))
        nobody = self.env["res.users"]
        return {
            row.id: found[payees[row.id]] | at_home.get(row.account_id.address, nobody)
            for row in self
        }
