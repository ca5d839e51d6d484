from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError

#: Events by which somebody is named to answer for a case; whoever names has a hand in it.
NAMING = ("taken", "handed_over", "deputy_appointed")


class WaterCompensation(models.Model):
    """Who must not decide on a compensation: whoever made the facts does not judge them.

    Beside those who proposed it or handled the case these are its payee, who registered the case or
    the incident, started it or told of its end, and who changed the rule, the band, the budget or
    the holder of the account since the matter is known (S3.2.3a, four eyes).
    """

    _inherit = "water.compensation"

    def _barred(self):
        """People who must not decide on this one."""
        row = self.sudo()
        people = row.proposed_by_id | row.create_uid | row.partner_id.user_ids
        people |= row._incident_makers() | row._case_makers() | row._framework_makers()
        people |= row._staff_behind()[row.id]
        people |= row.appeal_id.reviewer_id | row.appeal_id.member_ids | row.appeal_id.decided_by_id
        return people.filtered(lambda user: user.id != SUPERUSER_ID)

    def _check_pay(self):
        """Refuse posting and paying what is held, and by whoever made its facts.

        :raises UserError: why
        """
        if self.is_held:
            raise UserError(self._refused_text([self._hold_fault()]))
        if self.env.user in self._barred():
            raise UserError(self._refused_text([self._barred_fault()]))

    def _barred_fault(self):
        return self.env._(
            "who proposed it, is paid by it or had a hand in its facts does not decide"
        )

    def _incident_makers(self):
        incident = self.incident_id
        ends = incident.notice_ids.filtered(lambda notice: notice.kind == "restored")
        people = incident.create_uid | incident.opened_by_id | incident.manager_id | ends.user_id
        return people | incident.maker_ids

    def _case_makers(self):
        case = self._case_or_none()
        if case is None:
            return self.env["res.users"]
        people = (
            case.create_uid
            | case._first_entry().create_uid
            | case._people_concerned()
            | case._field_workers()
        )
        people |= case.first_responsible_id | case.original_responsible_id | case.user_id
        named = case.event_ids.filtered(lambda event: event.kind in NAMING)
        return people | case.acting_responsible_id | named.user_id

    def _framework_makers(self):
        """Who has changed since the matter is known what decides on it, and on who is paid."""
        case = self._case_or_none()
        known = [self.create_date, self.incident_id.create_date]
        since = min(filter(None, [*known, case.create_date if case is not None else None]))
        frame = [self.rule_id, self._bands()._fitting(self), *self._budgets()]
        people = self.env["res.users"].union(
            *(record.write_uid for record in frame if record and record.write_date >= since)
        )
        changes = self.account_id.former_holder_ids
        return people | changes.filtered(lambda change: change.create_date >= since).create_uid

    def _budgets(self):
        """Budgets that it counts for."""
        budgets = self.env["water.compensation.budget"]
        return budgets._of(self.company_id, self.create_date.date()).filtered(
            lambda budget: budget._covers(self)
        )
