from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from ..models.water_complaint import PARTIES, SHARES
from .common import FactCommon


@tagged("post_install", "-at_install")
class TestConclusion(FactCommon):
    """What a conclusion and its parts must contain, and who may write it; each rule on both
    sides.
    """

    def setUp(self):
        super().setUp()
        self.case = self._complaint_at("investigating")
        self.work = self._as("department", self.case)

    # -- who is liable ----------------------------------------------------------------------

    def test_shares(self):
        """A single party has all of it; several have a share each; none without parties."""
        draft = self.env["water.complaint"].new
        self.assertEqual(draft({})._shares(), {})
        for party in PARTIES:
            self.assertEqual(draft({"liability": party})._shares(), {party: 100})
        shared = {name: number * 10 for number, name in enumerate(SHARES)}
        found = draft({"is_shared": True, "liability": "company", **shared})._shares()
        self.assertEqual(
            found, {"customer": 10, "property": 20, "third_party": 30, "force_majeure": 40}
        )

    def test_shares_that_fit(self):
        """Two halves are two largest shares; ninety-nine percent are too few, one more too many."""
        base = {"is_shared": True, "liability": "company"}
        for company, other, fits in (
            *((50, 50, True), (51, 49, True), (49, 51, False)),
            *((50, 49, False), (51, 50, False), (100, 0, False), (101, -1, False)),
        ):
            values = {**base, "share_company": company, "share_property": other}
            with self.subTest(company=company, other=other):
                if fits:
                    self.work.write(values)
                else:
                    with self.assertRaises(ValidationError), self.env.cr.savepoint():
                        self.work.write(values)
        self.work.write({"is_shared": False, "share_company": 7})  # asked of shared ones alone

    def test_validity(self):
        """Upheld at least in part, and the company liable at least in part."""
        for finding, liability, validity in (
            *(("upheld", "company", "valid"), ("partly", "company", "valid")),
            *(("not_upheld", "company", "invalid"), ("upheld", "property", "invalid")),
            *(("upheld", False, "invalid"), (False, "company", False)),
        ):
            case = self.env["water.complaint"].new({"finding": finding, "liability": liability})
            self.assertEqual(case.validity, validity, (finding, liability))
        shares = {"share_company": 1, "share_property": 99}
        values = {"finding": "partly", "liability": "property", "is_shared": True, **shares}
        self.assertEqual(self.env["water.complaint"].new(values).validity, "valid")

    def test_findings_and_who_is_liable(self):
        """Each finding with no one, the company, the customer, and both."""
        company, customer = {"company"}, {"customer"}
        for finding, liable, count in (
            *(("upheld", set(), 1), ("upheld", company, 0), ("upheld", customer, 1)),
            *(("upheld", company | customer, 0), ("partly", set(), 1), ("partly", customer, 0)),
            *(("not_upheld", set(), 0), ("not_upheld", company, 1), ("not_upheld", customer, 0)),
            *(("not_upheld", company | customer, 1), ("partly", company, 0)),
        ):
            found = self.case._finding_faults(finding, liable)
            self.assertEqual(len(found), count, (finding, liable))

    def test_findings_and_demands(self):
        """Not all supported if nothing is upheld, nor all rejected if the company caused it."""
        second = self._as("agent", self.env["water.complaint.demand"]).create(
            {"complaint_id": self.case.id, "name": "赔礼道歉"}
        )
        first = self.case.demand_ids - second
        for finding, liability, verdicts, count in (
            *(("not_upheld", "customer", ("supported", "supported"), 1),),
            *(("not_upheld", "customer", ("supported", "rejected"), 0),),
            *(("not_upheld", "customer", ("rejected", "rejected"), 0),),
            *(("upheld", "company", ("rejected", "rejected"), 1),),
            *(("upheld", "company", ("rejected", "supported"), 0),),
            *(("upheld", "property", ("rejected", "rejected"), 0),),
            *(("partly", "company", ("rejected", "rejected"), 0),),
            ("partly", "company", ("supported", "supported"), 0),
        ):
            trusted(self.case.sudo()).write({"finding": finding, "liability": liability})
            for row, verdict in zip((first, second), verdicts, strict=True):
                trusted(row.sudo()).write({"verdict": verdict, "basis": "第十九条"})
            with self.subTest(finding=finding, liability=liability, verdicts=verdicts):
                self.assertEqual(len(self.case._conclusion_faults()), count)

    # -- what it rests on -------------------------------------------------------------------

    def test_requested_values(self):
        """Each lack by itself, with the place where it is put right."""
        self._conclude(self.work)
        self.assertEqual(self.case._need_finding(), [])
        self.assertEqual(self.case._conclusion_gaps(), [])
        for values, place in (
            *(({"investigation": " "}, "investigation"), ({"finding": False}, "finding")),
            ({"basis_evidence_ids": [fields.Command.clear()]}, "basis_evidence_ids"),
        ):
            point = self.env.cr.savepoint()
            trusted(self.case.sudo()).write(values)
            places = [missing.place for missing in self.case._need_finding()]
            self.assertEqual(places, [place])
            point.close(rollback=True)
            self.env.invalidate_all()

    def test_investigations_that_are_open(self):
        """Scheduled or under way it is asked for; done or cancelled it is not."""
        for state, is_open in (
            *(("planned", True), ("running", True), ("done", False), ("cancelled", False)),
        ):
            row = self._as("department", self.env["water.investigation"]).create(
                {"complaint_id": self.case.id, "purpose": state}
            )
            trusted(row.sudo()).state = state
            words = " ".join(self.case._need_investigations_over())
            self.assertEqual(f"“{state}”" in words, is_open, state)
            self.assertIs(row.can_work, is_open)

    def test_demands_that_wait(self):
        """None without demands; otherwise each by the first line of its text."""
        self.assertEqual(len(self.case._need_judged_demands()), 1)
        self._as("department", self.case.demand_ids).write({"name": "退费\n并道歉"})
        (missing,) = self.case._need_judged_demands()
        self.assertIn("“退费”", missing)
        self._judge(self.work)
        self.assertEqual(self.case._need_judged_demands(), [])
        nothing = self.env["water.complaint"].new({"demand": " "})
        self.assertEqual(nothing._need_judged_demands(), [])
        self.assertEqual(len(nothing.new({"demand": "退费"})._need_judged_demands()), 1)

    def test_judged_once_more(self):
        """The same verdict by the same rule is no new judgement; another rule is."""
        self._judge(self.work)
        line = self.case.demand_ids
        self._as("supervisor", line).write({"verdict": "supported", "basis": line.basis})
        self.assertEqual(line.judged_by_id, self.users["department"])
        self.assertEqual(self._kinds(self.case).count("demand_judged"), 1)
        self._as("supervisor", line).sequence = 3
        self.assertEqual(line.judged_by_id, self.users["department"])
        self._as("supervisor", line).basis = "第二十条"
        self.assertEqual(line.judged_by_id, self.users["supervisor"])
        self.assertEqual(line.judged_at, fields.Datetime.now())
        self.assertEqual(self._kinds(self.case).count("demand_judged"), 2)

    def test_told_results_are_not_judged_anew(self):
        """From the telling to the call-back; before it, and handled again, they are."""
        line = self.case.demand_ids
        for state in ("investigating", "handling", "notified", "confirmed", "callback"):
            trusted(self.case.sudo()).state = state
            is_kept = state in ("notified", "confirmed", "callback")
            with self.subTest(state):
                if is_kept:
                    for write in (line._check_changeable, lambda: self._tell_otherwise("finding")):
                        with self.assertRaisesRegex(UserError, "was told the result"):
                            write()
                    self.assertIsNone(self.case._check_write({"five_why": "因为"}))
                else:
                    line._check_changeable()
                    self._tell_otherwise("finding")

    def _tell_otherwise(self, name):
        self.case._check_write({name: "partly"})

    # -- evidence ---------------------------------------------------------------------------

    def test_requirements_of_evidence_kinds(self):
        """Text, numbers or a file: the required part of each kind."""
        file, now = (
            {"attachment_id": self.env["ir.attachment"].create({"name": "x"}).id},
            fields.Datetime.now(),
        )
        meter = {"meter_number": "QH-1", "taken_at": now}
        statement = {"stated_by": "王某", "taken_at": now}
        for kind, values, fits in (
            *(("photo", {"mimetype": "image/png", **file}, True), ("photo", file, False)),
            *(("photo", {"mimetype": "application/pdf", **file}, False),),
            *(("reading", {**meter, "reading_found": 1}, True),),
            *(("reading", {**meter, "reading_charged": 1}, True),),
            *(
                ("reading", meter, False),
                ("reading", {"meter_number": "Q", "reading_found": 1}, False),
            ),
            *(("reading", {"taken_at": now, "reading_found": 1}, False),),
            *(("reading", {**meter, "reading_charged": -1, "reading_found": 5}, False),),
            *(("reading", {**meter, "reading_charged": 5, "reading_found": -1}, False),),
            *(("statement", {**statement, "note": "看见了"}, True),),
            *(("statement", {**statement, **file}, True), ("statement", statement, False)),
            *(("statement", {"stated_by": "王某", "note": "x"}, False),),
            *(("statement", {"taken_at": now, "note": "x"}, False),),
            *(("recording", file, True), ("recording", {"reference": "R1"}, True)),
            *(("recording", {}, False), ("record", {}, False), ("record", file, True)),
            *(("lab", {}, False), ("lab", {"reference": "R1"}, True)),
            *(("document", file, True), ("document", {"reference": "R1"}, False)),
        ):
            row = self.env["water.evidence"].new({"kind": kind, "title": "x", **values})
            self.assertEqual(not row._fact_gaps(), fits, (kind, values))

    def test_rights_on_evidence(self):
        """Supervisors strike out, the desk publishes files; once, and while it is open."""
        photo, words = self._evidence(self.case), self._statement(self.case)
        for login, strikes, publishes in (
            *(("supervisor", True, True), ("agent", False, True), ("department", False, False)),
        ):
            mine = self._as(login, photo)
            self.assertEqual((mine.can_strike, mine.can_publish), (strikes, publishes), login)
            said = self._as(login, words)
            self.assertEqual((said.can_strike, said.can_publish), (strikes, False), login)
        head = self._as("supervisor", photo)
        acts.strike(head, " 误传 ")
        self.assertEqual((photo.strike_reason, photo.struck_at), ("误传", fields.Datetime.now()))
        self.assertEqual((head.can_strike, head.can_publish), (False, False))
        self.assertIs(photo.published, False)
        other = self._evidence(self.case)
        trusted(self.case.sudo()).state = "archived"
        head = self._as("supervisor", other)
        self.assertEqual((head.can_strike, head.can_publish), (False, False))

    def test_shown_and_hidden(self):
        """Shown twice it is on record once; findings never shown are not withdrawn."""
        first, second = self._evidence(self.case), self._evidence(self.case)
        mine = self._as("agent", first)
        for call, shown in (
            *((mine.action_hide, False), (mine.action_publish, True)),
            *((mine.action_publish, True), (mine.action_hide, False)),
        ):
            self.assertIs(call(), True)
            self.assertEqual((first.published, second.published), (shown, False))
        self._as("agent", first | second).action_publish()
        mine.action_hide()
        self.assertEqual(self.case.published_attachment_ids, second.attachment_id)

    def test_numbers_of_evidence(self):
        rows = self._evidence(self.case) | self._statement(self.case)
        other = self._statement(self._complaint_at("investigating"))
        self.assertEqual((rows.mapped("number"), other.number), ([1, 2], 1))
        self.assertEqual(rows[0].display_name, "1. 现场")
        self.assertEqual(self.env["water.evidence"].new({"title": "x"}).display_name, "x")
        self.assertEqual(self._sealed(rows[0])["checksum"], rows[0].checksum)
        self.assertEqual((rows[0].is_image, rows[1].is_image), (True, False))

    def _sealed(self, row):
        events = self.case.event_ids.filtered(lambda event: event.kind == "evidence_added")
        return events.sorted("id")[0].payload["items"][0]

    # -- who works on it --------------------------------------------------------------------

    def test_investigators(self):
        """The responsible person, deputy or handler; the leading department; supervisors."""
        case, users = self._complaint("agent"), self.users
        self.assertFalse(case.with_user(users["agent2"])._may_investigate())
        for name in ("first_responsible_id", "acting_responsible_id", "user_id"):
            point = self.env.cr.savepoint()
            trusted(case.sudo()).write({name: users["agent2"].id})
            self.assertTrue(case.with_user(users["agent2"])._may_investigate(), name)
            point.close(rollback=True)
            self.env.invalidate_all()
        self.assertTrue(case.with_user(users["supervisor"])._may_investigate())
        self.assertTrue(self.work._may_investigate())
        sent = self._complaint_at("dispatched")
        self.assertFalse(self._as("department", sent)._may_investigate())
        self.assertIs(self._as("agent", self.case).is_investigator, True)
        trusted(self.case.sudo()).state = "archived"
        self.assertIs(self._as("agent", self.case).is_investigator, False)
        self.assertIs(self._as("agent", self.case.new({})).is_investigator, False)

    def test_owner_of_investigation(self):
        """For the leader, the department and supervisors; all for one without a department."""
        row = self._as("department", self.env["water.investigation"]).create(
            {"complaint_id": self.case.id, "purpose": "查表"}
        )
        for values, logins in (
            ({"department_id": self.net.id}, {"department", "supervisor"}),
            ({"department_id": self.lab.id}, {"department", "department2", "supervisor"}),
            (
                {"department_id": self.lab.id, "investigator_id": self.users["agent"].id},
                {"agent", "department2", "supervisor"},
            ),
            (
                {"department_id": False},
                {"agent", "department", "department2", "supervisor", "quality"},
            ),
        ):
            trusted(row.sudo()).write(values)
            names = ("agent", "department", "department2", "supervisor", "quality")
            found = {login for login in names if row.with_user(self.users[login])._may_work()}
            self.assertEqual(found, logins, values)

    def test_steps_of_an_investigation(self):
        """Begun once, from the plan; closed rounds stay closed."""
        for state, steps in (
            *(("planned", {"start", "done", "cancel"}), ("running", {"done", "cancel"})),
            *(("done", set()), ("cancelled", set())),
        ):
            for step in ("start", "done", "cancel"):
                row = self._as("department", self.env["water.investigation"]).create(
                    {"complaint_id": self.case.id, "purpose": "查表", "finding": "表准"}
                )
                trusted(row.sudo()).state = state
                call = getattr(row, f"action_{step}")
                with self.subTest(state=state, step=step):
                    if step in steps:
                        self.assertIs(call(), True)
                        begun = step != "cancel"
                        self.assertEqual(bool(row.started_at), begun)
                    else:
                        with self.assertRefused("is over|past this step", row):
                            call()

    # -- a second person --------------------------------------------------------------------

    def test_grave_cases(self):
        """Everything above ordinary."""
        severities = [key for key, _label in self.case._fields["severity"].selection]
        grave = [key for key in severities if self.case.new({"severity": key})._is_grave()]
        self.assertEqual(grave, [key for key in severities if key != "normal"])
        self.assertFalse(self.case.new({})._is_grave())

    def test_second_person(self):
        """Supervisor, quality, head or deputy, who neither took part nor is complained of."""
        case = self._complaint_at("investigating", severity="urgent")
        self._conclude(self._as("department", case))
        head, deputy = self.users["department2"], self.users["agent2"]
        self.net.write({"manager_id": head.id, "deputy_id": deputy.id})
        names = ("agent", "agent2", "department", "department2", "quality", "supervisor")
        everybody = {"agent2", "department2", "quality", "supervisor"}

        def reviewers():
            self.env.invalidate_all()
            return {login for login in names if case.with_user(self.users[login])._may_review()}

        self.assertEqual(reviewers(), everybody)
        for values, gone in (
            *(({"concluded_by_id": self.users["quality"].id}, {"quality"}),),
            *(({"person_complained_id": self.users["supervisor"].id}, {"supervisor"}),),
            ({"department_complained_id": self.net.id}, {"agent2", "department2"}),
        ):
            point = self.env.cr.savepoint()
            trusted(case.sudo()).write(values)
            self.assertEqual(reviewers(), everybody - gone, values)
            point.close(rollback=True)
        row = self._as("supervisor", self.env["water.investigation"]).create(
            {"complaint_id": case.id, "purpose": "查表"}
        )
        self.assertEqual(reviewers(), everybody - {"supervisor"})
        trusted(row.sudo()).state = "cancelled"
        self.assertEqual(reviewers(), everybody)

    def test_when_a_second_person_is_asked(self):
        """While it is investigated, with a finding, and not confirmed yet."""
        case = self._complaint_at("investigating", severity="urgent")
        self.assertIs(self._as("supervisor", case).can_review, False)  # no finding
        self._conclude(self._as("department", case))
        head = self._as("supervisor", case)
        self.assertEqual((head.needs_review, head.can_review), (True, True))
        self.assertIs(head.action_review(), True)
        self.assertEqual((head.can_review, case._need_review()), (False, []))
        self._as("department", case).cause_id = self.env["water.cause"].search([], limit=1)
        self.assertEqual((head.can_review, case.reviewed_at), (True, False))
        self.assertEqual(case.concluded_by_id, self.users["department"])
        trusted(case.sudo()).write({"state": "handling", "reviewed_at": fields.Datetime.now()})
        case._conclusion_changed()
        self.assertTrue(case.reviewed_at)  # earlier confirmations stand
        with self.assertRefused("is not being investigated", case):
            head.action_review()

    def test_undeletable_records(self):
        """The desk can delete a demand before it is judged."""
        line = self.case.demand_ids
        for login in ("department", "quality"):
            with self.subTest(login), self.assertRaises(AccessError):
                self._as(login, line).unlink()
        self._as("agent", line).unlink()
        self.assertFalse(line.exists())
