from datetime import timedelta

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from .common import IncidentCommon

NOON, SECOND = local("2026-03-11 12:00"), timedelta(seconds=1)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestIncidentCases(IncidentCommon):
    """Which cases are of an incident, what becomes of their crews, and when they may end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.west = cls.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})

    def test_incident_of_new_case(self):
        """Found by zone, by the account's zone, or by the account; within the company."""
        account, far = self._account(1), self._account(2, zone_id=self.west.id)
        listed = self._account(3, zone_id=self.west.id)
        incident = self._open(account_ids=listed.ids)
        cases = self.env["water.complaint"]
        other = self.env["res.company"].create({"name": "别处水务"})
        for values, is_of in (
            *(({"zone_id": self.zone.id}, True), ({"zone_id": self.west.id}, False)),
            *(({"account_id": account.id}, True), ({"account_id": far.id}, False)),
            *(({"account_id": listed.id}, True), ({}, False)),
            *(({"account_id": account.id, "zone_id": self.west.id}, False),),
            *(({"zone_id": self.zone.id, "company_id": self.company.id}, True),),
            *(({"zone_id": self.zone.id, "company_id": other.id}, False),),
            ({"zone_id": self.zone.id, "category_id": self._category("bl02").id}, False),
        ):
            values = {"category_id": self._category("ot03").id, **values}
            found = cases._incident_of(cases._running_incidents([values]) & incident, values)
            self.assertEqual(found, incident if is_of else incident.browse(), values)
        self.assertEqual(cases._incident_of(incident.browse(), {}), incident.browse())

    def test_elsewhere(self):
        """The case's own zone precedes the account's; a listed account belongs to it."""
        far, listed = self._account(2, zone_id=self.west.id), self._account(3, zone_id=False)
        listed.zone_id = self.west
        incident = self._open(account_ids=listed.ids)
        case = self._caller()
        self.assertEqual(case.incident_id, incident)
        for values, is_elsewhere in (
            *(({}, False), ({"zone_id": self.west.id}, True)),
            *(({"zone_id": False}, False), ({"zone_id": False, "account_id": far.id}, True)),
            ({"zone_id": self.west.id, "account_id": listed.id}, False),
        ):
            with self.subTest(values):
                fresh = {"zone_id": self.zone.id, "account_id": False, **values}
                draft = self.env["water.complaint"].new(
                    {"incident_id": incident.id, "category_id": case.category_id.id, **fresh}
                )
                self.assertIs(draft._is_elsewhere(), is_elsewhere)
                self.assertIs(draft._is_other_matter(), is_elsewhere)
                draft.incident_id = False
                self.assertIs(draft._is_other_matter(), False)
        bill = {"category_id": self._category("bl02").id, "zone_id": self.zone.id}
        draft = self.env["water.complaint"].new({"incident_id": incident.id, **bill})
        self.assertIs(draft._is_other_matter(), True)

    def test_for_itself(self):
        """Once it is over, or where it turned out to be about something else."""
        incident, case = self._open(), self._caller()
        for state, is_alone in (
            *(("open", False), ("proposed", False), ("restored", True), ("closed", True)),
            ("dismissed", True),
        ):
            trusted(incident).state = state
            self.assertIs(case._is_for_itself(), is_alone, state)

    def test_when_a_case_may_end(self):
        """With its incident, whichever way that ends; with a claim of its own never so."""
        incident, case = self._open(), self._caller()
        for state, may in (
            *(("open", False), ("proposed", False), ("restored", True), ("closed", True)),
            ("dismissed", True),
        ):
            trusted(incident).state = state
            words = " ".join(case._need_incident_over())
            self.assertEqual("wait for the end" in words, not may, state)
        trusted(case.sudo()).own_claim = True
        for state in ("open", "restored"):
            trusted(incident).state = state
            words = " ".join(case._need_incident_over())
            self.assertIn("its own claim", words)
            self.assertNotIn("wait for the end", words)

    def test_department_with_own_crew(self):
        """Set by category, or a separate matter: its site clocks run on."""
        incident, case = self._open(), self._caller()
        trusted(incident.kind_id.sudo()).starts_on_site = True
        self.assertFalse(case._has_own_crew())
        self.assertEqual(case._clocks_of_crews().mapped("kind"), ["on_site"])
        case.category_id.has_own_crew = True
        self.assertTrue(case._has_own_crew())
        self.assertFalse(case._clocks_of_crews())
        case.category_id.has_own_crew = False
        trusted(case.sudo()).zone_id = self.west
        self.assertTrue(case._has_own_crew())

    def test_a_crew_is_awaited_once(self):
        """Where none is; where its clock is void it starts again, where it runs it does not."""
        case = self._caller()

        def kinds():
            open_clocks = case.sudo().deadline_ids.filtered(lambda clock: clock.state == "running")
            return sorted(open_clocks.mapped("kind"))

        before = kinds()
        self.assertIn("on_site", before)
        case._await_crew()
        self.assertEqual(kinds(), before)
        clock = self._clock(case, "on_site")
        trusted(clock.sudo()).state = "void"
        case._await_crew()
        self.assertEqual(kinds(), before)
        trusted(self._clock(case, "on_site").sudo()).state = "met"
        case._await_crew()
        self.assertNotIn("on_site", kinds())  # after a visit

    def _on_call(self):
        self.env["water.department"].search([]).on_call_user_ids = self.users["supervisor"]

    def _called_out(self, case):
        told = [("subject", "like", "Emergencies not dispatched"), ("body", "ilike", case.name)]
        return self.env["mail.message"].search_count(told)

    def test_emergency_of_an_incident_calls_out_only_after_it_leaves(self):
        self._on_call()
        self._open()
        case = self._caller()
        self.assertEqual((case.severity, self._called_out(case)), ("emergency", 0))
        self._as("agent", case).action_leave_incident()
        self.assertEqual(self._called_out(case), 1)

    def test_emergency_with_own_crew_calls_people_out_in_an_incident(self):
        self._on_call()
        self._category("ot03").has_own_crew = True
        self._open()
        case = self._caller()
        self.assertTrue(case.incident_id)
        self.assertEqual(self._called_out(case), 1)

    def test_definition_of_cluster(self):
        """A zone, and a category of which many or one are an incident; each once."""
        cases = [self._caller(code="pr02", number=number) for number in range(2)]
        both = cases[0] | cases[1]
        (found,) = both._incident_clusters()
        company, zone, kind, family, always = found
        self.assertEqual((company, zone, always), (self.company, self.zone, False))
        self.assertEqual((kind, family.ids), (self._kind("pressure"), []))
        category = both.category_id
        for trigger, count, is_always in (
            *(("cluster", 1, False), ("condition", 1, False), ("always", 1, True)),
            ("none", 0, None),
        ):
            category.emergency_trigger = trigger
            found = list(both._incident_clusters())
            self.assertEqual(len(found), count, trigger)
            self.assertEqual([row[4] for row in found], [is_always] * count)
        category.emergency_trigger = "cluster"
        trusted(both.sudo()).zone_id = False
        self.assertFalse(both._incident_clusters())

    def test_counted_cases_of_cluster(self):
        """Open cases of the company, zone and kind, received in the span, without an incident."""
        kind = self._kind("pressure")
        span = kind._span(self.company)
        rows = {
            name: self._caller(code="pr02", number=number)
            for number, name in enumerate(("plain", "first", "early", "west", "bill", "over"))
        }
        for name, values in {
            "first": {"received_at": NOON - span},
            "early": {"received_at": NOON - span - SECOND},
            "west": {"zone_id": self.west.id},
            "bill": {"category_id": self._category("bl02").id},
            "over": {"state": "withdrawn"},
        }.items():
            trusted(rows[name].sudo()).write(values)
        self.env.flush_all()
        found = self.incidents._cluster(self.company, self.zone, kind, kind.category_ids)
        self.assertEqual(found, [NOON - span, NOON])
        incident = self._open(kind_id=self._kind("pressure").id, family_ids=False)
        trusted(rows["plain"].sudo()).incident_id = incident
        found = self.incidents._cluster(self.company, self.zone, kind, kind.category_ids)
        self.assertEqual(found, [NOON - span] if not rows["first"].incident_id else [])

    def test_known_already(self):
        """Proposed or under way; ended and dismissed ones are proposed again."""
        incident = self._open()
        kind, categories = incident.kind_id, incident.category_ids
        for state, is_known in (
            *(("proposed", True), ("open", True), ("restored", False), ("closed", False)),
            ("dismissed", False),
        ):
            trusted(incident).state = state
            found = self.incidents._known(self.company, self.zone, kind, categories)
            self.assertIs(bool(found), is_known, state)
        trusted(incident).state = "open"
        self.assertFalse(self.incidents._known(self.company, self.west, kind, categories))
        other = self._kind("quality")
        self.assertFalse(self.incidents._known(self.company, self.zone, other, categories))

    def test_how_many_cases_each_sees(self):
        """Readable ones only, no matter who counted before."""
        incident, case = self._open(), self._caller()
        self.assertEqual(self._as("supervisor", incident).case_count, 1)
        self.assertEqual(self._as("department", incident).case_count, 0)
        self.assertEqual(case.incident_id, incident)

    def test_facts_behind_decision(self):
        """The decider sees the clustered cases they may read; afterwards those linked to it."""
        cases = self._caller(number=1) | self._caller(number=2)
        self._caller(number=3, zone_id=self.west.id)
        incident = self.incidents.search([("zone_ids", "in", self.zone.ids)])
        seen = self._as("supervisor", incident)
        self.assertEqual(
            (seen.state, seen.complaint_case_count, seen.case_count), ("proposed", 2, 2)
        )
        opened = seen.action_open_complaints()
        self.assertEqual(self.env["water.complaint"].search(opened["domain"]), cases)
        self.assertEqual(self._as("department", incident).case_count, 0)
        other = self._open(zone_ids=self.west.ids)
        self.assertEqual((seen | other).mapped("case_count"), [2, 1])
        seen.action_start()
        self.assertEqual((seen.complaint_case_count, seen.complaint_ids), (2, cases))

    # -- news -------------------------------------------------------------------------------

    def test_which_channel_there_is(self):
        """The preferred channel if usable, else mail, WeChat, SMS; planned news by preference
        only.
        """
        holder = self._account(1).partner_id
        holder.write({"phone": "13900001111", "email": "h@example.com"})
        sms = {("sms", self.company): True}
        burst, planned = self._open(), self._open(kind_id=self._kind("planned").id)
        for wish, gateways, medium in (
            *((False, {}, "mail"), ("sms", sms, "sms"), ("sms", {}, "mail"), ("mail", sms, "mail")),
            *(("none", sms, False), (False, sms, "mail")),
        ):
            holder.water_message_medium = wish
            self.assertEqual(burst._medium_of(holder, gateways), medium, (wish, gateways))
        holder.write({"water_message_medium": False, "email": False})
        self.assertEqual(burst._medium_of(holder, sms), "sms")
        self.assertIs(burst._medium_of(holder, {}), False)
        holder.water_mute_outage = True
        self.assertEqual(burst._medium_of(holder, sms), "sms")
        self.assertIs(planned._medium_of(holder, sms), False)

    def test_dialog_defaults(self):
        """A draft of the news; recipients only at sending."""
        incident = self._as("supervisor", self._open(expected_at=NOON + timedelta(hours=3)))
        dialogs = self._as("supervisor", self.env["water.incident.wizard"])
        for kind, has_text in (
            *(("progress", True), ("restored", True), ("dismissed", False), ("lead", False)),
        ):
            dialog = dialogs.create({"incident_id": incident.id, "kind": kind})
            self.assertIs(bool(dialog.text), has_text, kind)
            self.assertIs(bool(dialog.audience), has_text, kind)
            self.assertEqual(dialog.expected_at, incident.expected_at)

    def test_user_removing_case(self):
        """The desk; and it is no case of any incident then."""
        incident = self._open()
        case = self._caller()
        for login in ("department", "quality"):
            with (
                self.subTest(login),
                self.assertRefused("service desk|not allowed|top-secret", case),
            ):
                self._as(login, case).action_leave_incident()
        self.assertTrue(case.incident_id)
        self.assertIs(self._as("agent", case).action_leave_incident(), True)
        self.assertFalse(case.incident_id)
        self.assertEqual(case._left_incidents(), {incident.name})
