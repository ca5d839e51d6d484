from datetime import date

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...compensation_scheme.tests.common import SchemeCommon

LATER = local("2026-03-18 10:00")


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-20 10:00"))
class TestCompensationSchemeThen(SchemeCommon):
    """A failure is paid by the scheme, the rules and the rate of its day, whenever it is asked."""

    PROFILE = "gss_ew_2008"

    def _change(self, code, at=LATER, **values):
        """The company chooses another scheme at ``at`` (naive UTC)."""
        profile = code and self.env.ref(f"water_compensation.compensation_profile_{code}").id
        with freeze_time(at):
            self.company.write({"water_compensation_profile_id": profile, **values})

    def _sixty_hours(self, begun="2026-03-11 08:00", back="2026-03-13 20:00", **values):
        return self._restored(self._incident(begun), back, **values)

    def _on(self, day):
        return self.company._water_scheme_on(fields.Date.to_date(day))

    def test_worked_out_again_pays_by_the_scheme_of_the_failure(self):
        """£40 by the scheme of 2008, not £250 by the one that was chosen since."""
        self._account()
        rows = self._sixty_hours()
        self.assertOwed(rows, 40)
        self._change("gss_en_2025")
        rows.action_recompute()
        rows.incident_id.action_compensate()
        self._job()
        self.assertOwed(rows, 40)
        self.assertEqual(rows.rule_id.profile_id.code, self._profile_code("gss_ew_2008"))

    def test_worked_out_for_the_first_time_after_the_change(self):
        self._account()
        incident = self._incident("2026-03-11 08:00")
        self._restored(incident, "2026-03-13 20:00", job=False)
        self._change("gss_en_2025")
        self._job()
        self.assertOwed(self._of(incident), 40)

    def test_failure_after_the_change_pays_by_the_new_scheme(self):
        self._account()
        self._change("gss_en_2025", local("2026-03-10 10:00"))
        self.assertOwed(self._sixty_hours(), 250)

    def test_late_penalty_by_the_rule_of_the_failure(self):
        """Not paid in time, it costs what the scheme of 2008 says, or zero."""
        self._account()
        row = self._sixty_hours()
        before = row._penalty_values()
        self._change("gss_en_2025", water_compensation_rate=9)
        row.action_recompute()
        self.assertEqual(row._penalty_values(), before)
        self.assertEqual(before["rule_id"], row.rule_id.id)

    def test_rate_of_the_failure(self):
        """Worked out and punished at the rate of then."""
        self._account()
        foreign = self.env["res.currency"].with_context(active_test=False)
        foreign = foreign.search([("id", "!=", self.company.currency_id.id)], limit=1)
        profile = self.env.ref("water_compensation.compensation_profile_gss_ew_2008")
        profile._chain().currency_id = foreign
        self._choose("gss_ew_2008", rate=2)
        row = self._sixty_hours()
        self.assertOwed(row, 80)
        penalty = row._penalty_values()["amount"]
        self._change("gss_ew_2008", water_compensation_rate=3)
        row.action_recompute()
        self.assertOwed(row, 80)
        self.assertEqual(row._penalty_values()["amount"], penalty)

    def test_scheme_given_up_since_still_pays(self):
        self._account()
        incident = self._incident("2026-03-11 08:00")
        self._restored(incident, "2026-03-13 20:00", job=False)
        self._change(False)
        self._job()
        self.assertOwed(self._of(incident), 40)

    def test_scheme_of_each_day(self):
        """To the end of its day; the first one counts for the time before it."""
        old, new = self._profile_code("gss_ew_2008"), self._profile_code("gss_en_2025")
        self._change(False, local("2026-03-12 09:00"))
        self._change("gss_en_2025", local("2026-03-15 23:30"))
        for day, code in (
            *(("2026-03-11", old), ("2026-03-12", False), ("2026-03-14", False)),
            *(("2026-03-15", new), ("2026-03-20", new)),
        ):
            self.assertEqual(self._on(day)[0].code, code, day)
        fresh = self.env["res.company"].create({"name": "新水务"})
        with freeze_time(LATER):
            scheme = {"water_compensation_profile_id": self._on("2026-03-20")[0].id}
            fresh.write({**scheme, "water_compensation_rate": 1})
        self.assertEqual(fresh._water_scheme_on(date(2026, 3, 1))[0].code, new)

    def _profile_code(self, code):
        return self.env.ref(f"water_compensation.compensation_profile_{code}").code

    def test_claimed_by_hand_by_the_rules_of_the_failure(self):
        """The dialog offers what the scheme of that day has."""
        case = self._complaint()
        self._change("gss_en_2025")
        for at, code in ((local("2026-03-11 10:00"), "gss_ew_2008"), (LATER, "gss_en_2025")):
            wizard = self.env["water.entitlement.wizard"].new(
                {"complaint_id": case.id, "failed_at": at}
            )
            chain = self.env.ref(f"water_compensation.compensation_profile_{code}")._chain()
            self.assertTrue(wizard._possible(), code)
            self.assertLessEqual(wizard._possible().profile_id, chain)
