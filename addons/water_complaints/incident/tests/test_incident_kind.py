from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from .common import IncidentCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 08:00"))
class TestIncidentKind(IncidentCommon):
    """A kind brings plan, texts, thresholds and categories (S3.2.1f)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def _mails(self, since):
        return (self._messages() - since).mail_mail_id

    # -- plan, thresholds, people -----------------------------------------------------------

    def test_spans_that_lead_out_of_the_calendar(self):
        """Refused where they are entered: every case that is filed would end in a fault."""
        kind = self.env["water.incident.kind"].search([], limit=1)
        kind.minutes = 525_600
        for minutes in (525_601, 2**31 - 1):
            with self.subTest(minutes=minutes), self.assertRefused("525600 at most", kind):
                kind.minutes = minutes
        incident = self._open()
        for hours in (1e12, float("inf")):
            with self.subTest(hours=hours), self.assertRefused("8760 at most", incident):
                incident.progress_hours = hours

    def test_two_cases_of_bad_water_within_half_an_hour(self):
        self._caller(code="wq01", number=1)
        self.assertFalse(self._incidents_here())
        with self._at("2026-03-11 08:29"):
            self._caller(code="wq03", number=2)
        incident = self._incidents_here()
        self.assertEqual((incident.kind_id, incident.nature), (self._kind("quality"), "quality"))
        self.assertEqual(incident.plan_id, self.env.ref("water_complaints.plan_quality"))

    def test_two_cases_of_bad_water_further_apart(self):
        self._caller(code="wq01", number=1)
        with self._at("2026-03-11 08:31"):
            self._caller(code="wq01", number=2)
        self.assertFalse(self._incidents_here())

    def test_a_burst_main_is_an_outage(self):
        """The kind that names the category precedes its family's."""
        case = self._caller(code="lk01")
        incident = self._incidents_here()
        self.assertEqual(incident.kind_id, self._kind("outage"))
        self._as("supervisor", incident).action_start()
        self.assertEqual(case.incident_id, incident)
        self.assertEqual(self._caller(code="ot03", number=2).incident_id, incident)

    def test_thresholds_are_data(self):
        self._kind("quality").write({"case_count": 3, "minutes": 10})
        for minute in (0, 4):
            with self._at(f"2026-03-11 08:{minute:02}"):
                self._caller(code="wq01", number=minute)
        self.assertFalse(self._incidents_here())
        with self._at("2026-03-11 08:08"):
            self._caller(code="wq01", number=8)
        self.assertTrue(self._incidents_here())

    def test_plan_of_bad_water_has_times(self):
        """Samples within 30 minutes, on the day that it is in the company's time zone."""
        with self._at("2026-03-11 23:50"):
            incident = self._open(
                kind_id=self._kind("quality").id, plan_id=self._kind("quality").plan_id.id
            )
        steps = {row.summary: row for row in incident.activity_ids}
        sampling = next(row for name, row in steps.items() if "采样" in name)
        self.assertIn("00:20", sampling.summary)
        self.assertEqual(str(sampling.date_deadline), "2026-03-12")
        for word in ("隔离", "安全应急", "卫生健康", "送水车", "GB 5749"):
            self.assertTrue([name for name in steps if word in name], word)

    def test_departments_of_the_kind_are_warned(self):
        lab = self.env.ref("water_service_desk.department_lab")
        lab.manager_id = self.users["quality"]
        self._open(kind_id=self._kind("quality").id)
        told = self.env["mail.message"].search([("subject", "ilike", "Incident IV")])
        self.assertIn(self.users["quality"].partner_id, told.notified_partner_ids)

    def test_nature_and_planned_follow_kind(self):
        """A kind that is changed later does not make planned work out of what happened."""
        incident = self.incidents.create(
            {"subject": "x", "kind_id": self._kind("planned").id, "zone_ids": self.zone.ids}
        )
        self.assertEqual((incident.nature, incident.is_planned), ("outage", True))
        incident.kind_id = self._kind("quality")
        self.assertEqual((incident.nature, incident.is_planned), ("quality", False))
        self._kind("quality").is_planned = True
        self.assertFalse(incident.is_planned)

    def test_planned_work_that_names_its_kind_alone(self):
        """Found by the machine: “what has happened cannot lie in the future”."""
        begin = self._later(days=2)
        values = {"subject": "x", "zone_ids": self.zone.ids, "aware_at": begin}
        planned = self.incidents.create({**values, "kind_id": self._kind("planned").id})
        self.assertEqual((planned.is_planned, planned.aware_at), (True, begin))
        with self.assertRaisesRegex(ValidationError, "cannot lie in the future"):
            self.incidents.create({**values, "kind_id": self._kind("quality").id})

    def _second(self, nature, **values):
        names = {"name": "二次供水", "code": f"t-{nature}", "end_name": "恢复"}
        return self.env["water.incident.kind"].create({**names, "nature": nature, **values})

    def test_the_first_kind_of_its_nature(self):
        """Where a company has two of them the order says which; planned work has its own."""
        kinds = self.env["water.incident.kind"]
        second = self._second("outage", sequence=99)
        for nature, is_planned, code in (
            *(("outage", False, "outage"), ("outage", True, "planned")),
            ("quality", True, "quality"),  # none of it is planned: the nature is kept
        ):
            self.assertEqual(kinds._fitting(nature, is_planned), self._kind(code))
        values = {"subject": "x", "zone_ids": self.zone.ids}
        self.assertEqual(self.incidents.create(values).kind_id, self._kind("outage"))
        second.sequence = 0
        self.assertEqual(self.incidents.create(values).kind_id, second)

    def test_a_category_of_two_kinds(self):
        """The first kind that names it; what none names is the first of something else."""
        lk01, lk02 = self._category("lk01"), self._category("lk02")
        self._second("pressure", sequence=99, category_ids=[(6, 0, lk01.ids)])
        planned = self._second("outage", sequence=0, category_ids=[(6, 0, lk02.ids)])
        planned.is_planned = True  # no case proposes planned work
        self._second("other", sequence=99)
        found, rest = self.env["water.incident.kind"]._by_category()
        self.assertEqual((found[lk01], found[lk02]), (self._kind("outage"), self._kind("other")))
        self.assertEqual(rest, self._kind("other"))

    def test_kinds_are_filled_once(self):
        """Shipped kinds are added where missing; a company's choices stay."""
        planned, quality = self._kind("planned"), self._kind("quality")
        names = ("category_ids", "early_category_ids", "late_category_id", "warn_department_ids")
        before = {name: planned[name] for name in names}
        asks = self._category("ot06") | self._category("ot07")
        self.assertEqual(before["early_category_ids"], asks)
        self.assertEqual(before["late_category_id"], self._category("ot05"))
        planned.write(dict.fromkeys(names, False))
        quality.category_ids = self._category("wq01")
        self.env["water.incident.kind"]._name_what_the_desk_brings()
        self.assertEqual({name: planned[name] for name in names}, before)
        self.assertEqual(quality.category_ids, self._category("wq01"))
        self.assertFalse(self._kind("outage").late_category_id)

    def test_how_many_are_cut_off(self):
        """As far as accounts of the area tell: of each sort as many as there are, or none."""
        for classes, counts in (
            *(((), (0, 0)), (("business",), (0, 1))),
            *((("household",), (1, 0)), (("household", "business", "household"), (2, 1))),
        ):
            zone = self.env["water.zone"].create({"code": f"T-{counts}", "name": "西城片区"})
            for number, kind in enumerate(classes):
                self._account(f"{counts}-{number}", customer_class=kind, zone_id=zone.id)
            incident = self._open(zone_ids=zone.ids, plan_id=False)
            self.assertEqual((incident.households, incident.businesses), counts)

    # -- words ------------------------------------------------------------------------------

    def test_no_word_of_supply_where_the_water_is_bad(self):
        """News, end, subjects and spoken texts, in both languages."""
        account = self._account(1)
        values = {"kind_id": self._kind("quality").id, "quality_notice": "boil", "plan_id": False}
        incident = self._open(**values, subject="东城水质", quality_from=local("2026-03-11 08:00"))
        incident.expected_at = local("2026-03-11 18:00")
        for lang, wrong in (
            ("en_US", ("supply", "water back", "repair")),
            ("zh_CN", ("供水", "抢修", "恢复", "来水")),
        ):
            words = incident.with_context(lang=lang)
            account.partner_id.lang = lang
            texts = [
                acts.draft(words),
                acts.draft(words, "action_restore"),
                words._spoken_alert(),
            ]
            notices = [
                trusted(self.env["water.incident.notice"]).create(
                    {
                        "incident_id": incident.id,
                        "kind": kind,
                        "body": "x",
                        "user_id": self.env.uid,
                        "expected_at": incident.expected_at,
                    }
                )
                for kind in ("progress", "restored")
            ]
            for notice in notices:
                contact = trusted(self.env["water.incident.contact"]).create(
                    {"notice_id": notice.id, "partner_id": account.partner_id.id}
                )
                told = contact.with_context(lang=lang)
                texts += [told._news_subject(), told._news_expected()]
            for text in texts:
                for word in wrong:
                    with self.subTest(lang=lang, word=word):
                        self.assertNotIn(word, text.lower())
        self.assertIn("煮沸", acts.draft(incident.with_context(lang="zh_CN")))
        self.assertIn("Boil", acts.draft(incident.with_context(lang="en_US")))

    def test_mail_of_a_quality_incident(self):
        account = self._account(1)
        account.partner_id.lang = "en_US"
        incident = self._open(kind_id=self._kind("quality").id, plan_id=False, subject="East zone")
        before = self._messages()
        acts.announce(self._as("supervisor", incident), "Boil it.", local("2026-03-11 18:00"))
        self._broadcast()
        mail = self._mails(before)
        self.assertIn("Important notice about your water", mail.subject)
        self.assertIn("We expect the results by", mail.body_html)
        self.assertNotIn("water back", mail.body_html)

    def test_end_has_the_name_of_its_kind(self):
        for kind, name in (("quality", "Restriction Lifted"), ("pressure", "Pressure Back")):
            incident = self._open(kind_id=self._kind(kind).id, plan_id=False)
            action = self._as("supervisor", incident).action_restore()
            self.assertIn(name, action["name"])

    # -- who hangs on it --------------------------------------------------------------------

    def test_never_by_family_alone(self):
        """No notice, tank cleaning, service and health do not join an outage; OT06 and OT07 do."""
        incident = self._open()
        for code, joins in (
            *(("ot01", True), ("ot02", True), ("ot03", True)),
            *(("ot04", False), ("wq07", False), ("st01", False), ("wq05", False), ("lk03", False)),
        ):
            with self.subTest(code=code):
                case = self._caller(code=code, number=hash(code) % 1000)
                self.assertEqual(bool(case.incident_id), joins)
        asked = self._inquiry(category_id=self._category("ot06").id, zone_id=self.zone.id)
        values = self._request_values(category_id=self._category("ot07").id, zone_id=self.zone.id)
        carried = self._as("agent", self.env["water.request"]).create(values)
        self.assertEqual((asked.incident_id, carried.incident_id), (incident, incident))

    def test_water_for_a_patient_is_brought_all_the_same(self):
        """It belongs to the incident, whose crew repairs the main; another crew brings water."""
        self._open()
        safe = self.env.ref("water_service_desk.department_safe")
        values = self._request_values(
            category_id=self._category("ot07").id, zone_id=self.zone.id, severity="emergency"
        )
        request = self._as("agent", self.env["water.request"]).create(values)
        self.assertEqual(request.dispatch_ids.department_id, safe)

    def test_bad_water_takes_bad_water(self):
        incident = self._open(kind_id=self._kind("quality").id, family_ids=False, plan_id=False)
        for code, joins in (("wq01", True), ("wq05", True), ("wq07", False), ("ot03", False)):
            with self.subTest(code=code):
                case = self._caller(code=code, number=hash(code) % 1000)
                self.assertEqual(case.incident_id == incident, joins)

    def test_earlier_start_is_another_case(self):
        self._open()
        old = self._caller(occurred_at=local("2026-03-08 08:00"))
        self.assertFalse(old.incident_id)

    def test_low_pressure_takes_low_pressure(self):
        incident = self._open(kind_id=self._kind("pressure").id, family_ids=False)
        self.assertEqual(self._caller(code="pr01").incident_id, incident)
        self.assertFalse(self._caller(code="ot03", number=2).incident_id)

    def test_thresholds_in_words(self):
        """The list says what holds, and that a number is the company's."""
        self.company.write({"water_incident_cases": 3, "water_incident_minutes": 60})
        kind = self._kind("quality")
        kind.write({"case_count": 2, "minutes": 30})
        self.assertEqual(kind.threshold, "2 cases in 30 min")
        for count, minutes, words in ((0, 0, "3 cases in 60"), (2, 0, "2 cases in 60")):
            kind.write({"case_count": count, "minutes": minutes})
            self.assertEqual(kind.threshold, f"{words} min (company's setting)")
        self.assertIn("planned", self._kind("planned").threshold)

    def test_departments_of_other_companies_are_not_warned(self):
        """Kinds are shared: the company's own and shared departments are notified."""
        other = self.env["res.company"].create({"name": "Second Water"})
        both = {"company_ids": [(6, 0, (self.company | other).ids)]}
        heads = self.env["res.users"]
        rows = self.env["water.department"]
        for number, company in enumerate((self.company, self.company.browse(), other)):
            group = "base.group_user,water_service_desk.group_department"
            heads |= self._new_user(f"head{number}", group, **both)
            values = {"code": f"T-{number}", "name": f"部门{number}", "company_id": company.id}
            rows |= rows.create({**values, "manager_id": heads[-1].id})
        kind = self._kind("quality")
        kind.write({"warn_department_ids": [(6, 0, rows.ids)], "warn_user_ids": False})
        self.assertEqual(kind._people_warned(self.company), heads[:2])
