from functools import cache
from itertools import product

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .water_compensation import BY_HAND, FINANCE

#: Events by which somebody is named to answer for a case, or to be its customer; whoever names has
#: a hand in it.
NAMING = ("taken", "handed_over", "deputy_appointed", "identified")
#: What a draft says; the rest is how finance books it, and what the system keeps.
WORDING = frozenset(
    {
        *("kind", "amount", "reason", "partner_id", "account_id", "incident_id", "due_on"),
        *("complaint_id", "request_id", "inquiry_id", "department_id", "zone_id", "cause_id"),
        "customer_class",
    }
)


class WaterCompensation(models.Model):
    """Who must not decide on a compensation: whoever made the facts does not judge them.

    Beside those who proposed it or handled the case these are its payee, who registered the case or
    the incident, started it or told of its end, and who changed the rule, the band, the budget or
    the holder of the account since the matter is known (S3.2.3a, four eyes).
    """

    _name = "water.compensation"
    _inherit = ["water.compensation", "water.maker.mixin"]
    _wording = WORDING

    maker_ids = fields.Many2many(relation="water_compensation_maker_rel")

    def _barred(self):
        """People who must not decide on this one."""
        return self._barred_each()[self.id]

    def _barred_each(self):
        """{id: people who must not decide on it}; what thousands share is looked up once."""
        rows = self.sudo()
        found = rows._staff_behind(), rows._framework_makers(), rows._earlier_makers()
        return {
            row.id: row._hands()
            .union(*(people[row.id] for people in found))
            .filtered(lambda user: user.id != SUPERUSER_ID)
            for row in rows
        }

    def _earlier_makers(self):
        """{id: whoever has proposed another one of the case that was taken back or refused}.

        Who has a colleague propose what he has proposed himself does not approve it.
        """
        by_hand = self.filtered(lambda row: row.kind in BY_HAND)
        links = [link for link in self._case_models() if by_hand[link]]
        dropped = Domain("state", "in", ("refused", "withdrawn"))
        cases = Domain.OR(Domain(link, "in", by_hand[link].ids) for link in links)
        others = self.search(dropped & cases) if links else self.browse()
        found = {row.id: self.env["res.users"] for row in self}
        for row, link in product(by_hand, links):
            same = others.filtered(lambda other, row=row, link=link: other[link] == row[link])
            found[row.id] |= (same if row[link] else others.browse()).proposed_by_id
        return found

    def _hands(self):
        """Who proposed it, is paid by it, or had a hand in its facts."""
        people = self.proposed_by_id | self.create_uid | self.maker_ids | self.partner_id.user_ids
        appeal = self.appeal_id
        people |= appeal.reviewer_id | appeal.member_ids | appeal.decided_by_id
        people |= self.incident_id._fact_makers() | self._application_makers()
        return people | self._case_makers()

    def _check_pay(self):
        """Refuse paying what is withdrawn or held, and by whoever made its facts or approved it.

        :raises UserError: why
        """
        if self.state != "approved":  # what was posted before waits for its reversal alone
            fault = self.env._("the compensation is not approved any more")
            raise UserError(self._refused_text([fault]))
        if self.is_held:
            raise UserError(self._refused_text([self._hold_fault()]))
        barred = self._barred()
        if self.env.user in barred:
            raise UserError(self._refused_text([self._barred_fault()]))
        approved = self.sudo()._approved_by().filtered(lambda user: user.id != SUPERUSER_ID)
        if self.env.user in approved and self._other_payers(barred):
            fault = self.env._("you have approved it: somebody else of finance posts and pays it")
            raise UserError(self._refused_text([fault]))

    def _other_payers(self, barred):
        """Who could post and pay it and has not approved it; where there is nobody, one does both.

        :param barred: people who must not
        """
        # sudo: res.groups, approvals - whoever pays need not know who else may
        row, finance = self.sudo(), self.env.ref(FINANCE).sudo().all_user_ids
        at_work = finance.filtered(
            lambda user: user.active and not user.share and row.company_id in user.company_ids
        )
        return at_work - barred - row._approved_by()

    def _barred_fault(self):
        return self.env._(
            "who proposed it, is paid by it or had a hand in its facts does not decide"
        )

    def _case_makers(self):
        """Who had a hand in the matter: with what was merged it is one, whoever is paid."""
        case = self._case_or_none()
        if case is None:
            return self.env["res.users"]
        cases = case._cases_of_matter()
        return self.env["res.users"].union(*(self._makers_of(one) for one in cases))

    @api.model
    def _makers_of(self, case):
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
        """{id: who has changed what decides on it, and on who is paid}: also who changed it back.

        Since the matter is known, and in the days before: a change made for it comes first.
        """
        bands = self._bands()
        then, history = cache(bands._as_at), cache(self.env["water.setting.change"]._of)
        budgets, found = cache(self.env["water.compensation.budget"]._of), {}
        for row in self:
            since = row._known_since()
            run = budgets(row.company_id, row.company_id._water_today(row.create_date))
            frame = [
                row.rule_id,
                bands._fitting(row)._origin | then(since)._first_fit(row)._origin,
                run.filtered(lambda budget, row=row: budget._covers(row)),
                row.company_id,
            ]
            found[row.id] = row._changers(map(history, frame), since)
        return found

    def _known_since(self):
        """From when on (naive UTC) a change may have been made for it."""
        case = self._case_or_none()
        known = [self.create_date, self.proposed_at, self.incident_id.create_date]
        known.append(case._first_entry()._entered_at() if case is not None else None)
        return fields.Datetime.subtract(
            min(filter(None, known)), days=self.company_id.water_setting_days
        )

    def _changers(self, histories, since):
        """Whoever has changed a setting or the holder of the account since then."""
        holders = self.account_id.former_holder_ids
        people = holders.filtered(lambda change: change.create_date >= since).create_uid
        return people.union(
            *(rows.filtered(lambda change: change.at >= since).user_id for rows in histories)
        )
