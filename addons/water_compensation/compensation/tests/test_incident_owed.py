from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...compensation_scheme.tests.common import SchemeCommon
from ..models.water_incident import FACTS

NOON, SECOND = local("2026-03-11 12:00"), timedelta(seconds=1)
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestIncidentOwed(SchemeCommon):
    """Which facts of an incident count, and when it is calculated."""

    def _of_kind(self, owed_for, **values):
        kind = self.env["water.incident.kind"].search([("owed_for", "=", owed_for)], limit=1)
        values = {"aware_at": NOON - HOUR, "kind_id": kind.id, "state": "open", **values}
        incident = self.env["water.incident"].new({"company_id": self.company.id, **values})
        incident.kind_id = kind
        return incident

    def test_failures(self):
        """By the kind: outages once over, planned work at the start, a notice once lifted."""
        over = {"restored_at": NOON}
        late = {"announced_end_at": NOON - 30 * timedelta(minutes=1)}
        ahead = {"aware_at": NOON + SECOND}
        for owed, values, found in (
            *(("supply", {}, []), ("supply", over, [("supply", "supply")])),
            ("supply", {**over, "strategic_main": True}, [("supply_strategic", "supply")]),
            *(("planned", ahead, []), ("planned", {}, [("planned_notice", "notice")])),
            ("planned", {"aware_at": NOON}, [("planned_notice", "notice")]),
            ("planned", over, [("planned_notice", "notice")]),
            ("planned", late, [("planned_notice", "notice")]),
            (
                *("planned", {**over, **late}),
                [("supply_planned", "supply"), ("planned_notice", "notice")],
            ),
            *(("pressure", over, []), ("none", over, [])),
            ("none", {"quality_notice": "boil"}, []),
            ("none", {"quality_until": NOON}, []),
            ("none", {"quality_notice": "boil", "quality_until": NOON}, [("water_boil", "water")]),
            (
                "none",
                {"quality_notice": "drink", "quality_until": NOON},
                [("water_drink", "water")],
            ),
            ("none", {"quality_notice": "use", "quality_until": NOON}, [("water_use", "water")]),
        ):
            with self.subTest(owed=owed, values=values):
                self.assertEqual(self._of_kind(owed, **values)._failures(), found)

    def test_category_family(self):
        """Over or not: what another incident at the same time asks."""
        for owed, values, supply, water in (
            *(("supply", {}, "supply", False), ("planned", {}, "supply_planned", False)),
            *(("supply", {"strategic_main": True}, "supply_strategic", False),),
            *(("pressure", {}, None, False), ("none", {}, None, False)),
            ("none", {"quality_notice": "use"}, None, "water_use"),
        ):
            incident = self._of_kind(owed, **values)
            with self.subTest(owed=owed, values=values):
                self.assertEqual(incident._trigger_of("supply"), supply)
                self.assertEqual(incident._trigger_of("water"), water)

    def test_facts_of_each_failure(self):
        """Its span, the limit, and the hours counted for all customers."""
        rule = self._rule("gss_en_2025_supply_emerg_household")
        begin, end, told = NOON - 30 * HOUR, NOON, NOON - 2 * HOUR
        incident = self._of_kind("supply", aware_at=begin, restored_at=end)
        facts = incident._facts_for("supply", rule)
        self.assertEqual(facts["begin"], begin.isoformat())
        self.assertEqual(facts["end"], end.isoformat())
        self.assertEqual(facts["limit"], (begin + 12 * HOUR).isoformat())
        self.assertNotIn("counted_hours", facts)
        incident.counted_hours = 24
        self.assertEqual(incident._facts_for("supply", rule)["counted_hours"], 24)
        earlier = {"begin": begin - HOUR}
        limit = (begin + 11 * HOUR).isoformat()
        self.assertEqual(incident._facts_for("supply", rule, earlier)["limit"], limit)
        work = self._of_kind("planned", aware_at=begin, restored_at=end, announced_end_at=told)
        self.assertEqual(work._facts_for("supply_planned", rule)["limit"], told.isoformat())
        work.notice_given_at = begin - HOUR
        notice = work._facts_for("planned_notice", rule)["notice"]
        given = (begin - HOUR).isoformat()
        self.assertEqual(
            notice, {"begin": begin.isoformat(), "end": told.isoformat(), "given": given}
        )
        work.announced_end_at = False
        notice = work._facts_for("planned_notice", rule)["notice"]
        self.assertEqual(notice["end"], end.isoformat())
        bad = self._of_kind("none", quality_notice="boil", quality_from=told, quality_until=end)
        self.assertEqual(bad._facts_for("water_boil", rule)["begin"], told.isoformat())

    def test_from_when_the_days_to_pay_count(self):
        """From the limit, or the end, as the rule says; else from the beginning."""
        rule, begin = self._rule("gss_en_2025_supply_emerg_household"), NOON - 30 * HOUR
        incident = self._of_kind("supply", aware_at=begin, restored_at=NOON)
        facts = {"limit": (NOON - HOUR).isoformat(), "end": (NOON + HOUR).isoformat()}
        for pay_from, known, moment in (
            *(("failure", facts, NOON - HOUR), ("failure", {}, begin)),
            *(("end", facts, NOON + HOUR), ("end", {}, NOON)),
        ):
            draft = rule.new({"pay_from": pay_from})
            self.assertEqual(incident._paid_from(draft, known, begin), moment, (pay_from, known))
        incident.restored_at = False
        self.assertEqual(incident._paid_from(rule.new({"pay_from": "end"}), {}, begin), begin)

    # -- when it is worked out --------------------------------------------------------------

    def test_each_fact_has_it_worked_out_again(self):
        other = self.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})
        values = {
            "kind_id": self._kind("other").id,
            "strategic_main": True,
            "aware_at": NOON - 2 * HOUR,
            "restored_at": NOON,
            "zone_ids": [fields.Command.link(other.id)],
            "account_ids": self._account(7).ids,
            "notice_given_at": NOON - 9 * HOUR,
            "announced_end_at": NOON + HOUR,
            "told_end_at": NOON + HOUR,
            "quality_notice": "boil",
            "quality_from": NOON - HOUR,
            "quality_until": NOON,
            "counted_hours": 3,
            "state": "restored",
        }
        self.assertEqual(values.keys(), FACTS)
        for name, value in values.items():
            incident = self._incident("2026-03-11 11:00")
            trusted(incident).write({"compensation_check_at": False, "quality_from": NOON - HOUR})
            trusted(incident).compensation_check_at = False
            trusted(incident).write({name: value})
            self.assertEqual(incident.compensation_check_at, NOON, name)
        incident = self._incident("2026-03-11 11:00")
        for values in ({"subject": "x", "households": 3}, {"state": "closed"}):
            trusted(incident).compensation_check_at = False
            trusted(incident).write(values)
            self.assertFalse(incident.compensation_check_at, values)

    def test_when_it_is_worked_out(self):
        """Now, or as it is asked for; not before the work begins, nor for days without work."""
        soon, tomorrow = NOON + HOUR, NOON + 24 * HOUR
        for values, at, due in (
            *(({}, None, NOON), ({}, soon, soon)),
            *(({"kind_id": self._kind("planned").id, "aware_at": tomorrow}, None, tomorrow),),
            *(({"state": "proposed"}, None, False), ({"state": "dismissed"}, None, False)),
            ({"state": "restored"}, None, NOON),
        ):
            incident = self._incident("2026-03-11 11:00")
            trusted(incident).write(values)
            trusted(incident).write({"compensation_check_at": False, "compensation_account_id": 5})
            incident._compensate_again(at)
            with self.subTest(values=values, at=at):
                self.assertEqual(incident.compensation_check_at, due)
                self.assertEqual(incident.compensation_account_id, 0 if due else 5)
        self._choose(False)
        incident._compensate_again()
        self.assertFalse(incident._has_scheme())

    def test_user_requesting_calculation(self):
        """Users who run incidents, once it has begun, if the company has a scheme."""
        incident = self._incident("2026-03-11 11:00")
        self.assertIs(self._as("agent", incident).action_compensate(), True)
        for login, state in (("department", "open"), ("agent", "proposed"), ("agent", "dismissed")):
            trusted(incident).state = state
            with self.subTest(login=login, state=state):
                with self.assertRefused("service desk|taken already|not allowed", incident):
                    self._as(login, incident).action_compensate()
        trusted(incident).state = "closed"
        self.assertIs(self._as("agent", incident).action_compensate(), True)
        self._choose(False)
        with self.assertRefused("Choose a scheme", incident):
            self._as("agent", incident).action_compensate()

    def test_looked_at_when_its_moment_has_come(self):
        self._account()
        incident = self._incident("2026-03-11 11:00")
        for moment, waits in ((NOON + SECOND, True), (NOON, False)):
            trusted(incident).compensation_check_at = moment
            self._job()
            self.assertIs(bool(incident.compensation_check_at), waits, moment)

    def test_how_much_there_is(self):
        """Drafts, proposals and approvals only, for users with read access."""
        incident = self._incident("2026-03-11 11:00")
        rows = trusted(self.compensations.sudo())
        for number, state in enumerate(("draft", "proposed", "approved", "refused", "withdrawn")):
            rows.create(
                {
                    "kind": "entitlement",
                    "state": state,
                    "amount": 10**number,
                    "incident_id": incident.id,
                    "partner_id": self.customer.id,
                    "origin_key": f"x:{state}",
                }
            )
        seen = self._as("supervisor", incident)
        self.assertEqual((seen.compensation_count, seen.compensation_total), (3, 111))
        unseen = self._as("department", incident)
        self.assertEqual((unseen.compensation_count, unseen.compensation_total), (0, 0))
        nothing = self._incident("2026-03-11 11:00")
        self.assertEqual((nothing.compensation_count, nothing.compensation_total), (0, 0))

    # -- low pressure -----------------------------------------------------------------------

    def _low(self, begin, end):
        kind = self.env.ref("water_complaints.incident_kind_pressure")
        incident = self._incident(begin, kind_id=kind.id, family_ids=False)
        return self._restored(incident, end)

    def test_low_pressure_to_the_minute(self):
        """Longer than an hour, and the second within 28 days to the second."""
        self._account()
        self.assertFalse(self._low("2026-02-02 08:00", "2026-02-02 09:01"))
        self.assertFalse(self._low("2026-02-10 08:00", "2026-02-10 09:00"))  # an hour is not longer
        self.assertOwed(self._low("2026-03-02 08:00", "2026-03-02 09:01"), 50)

    def test_low_pressure_too_far_apart(self):
        self._account()
        self.assertFalse(self._low("2026-02-02 08:00", "2026-02-02 10:00"))
        self.assertFalse(self._low("2026-03-02 08:01", "2026-03-02 10:00"))
