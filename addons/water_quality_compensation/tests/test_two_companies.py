from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import NOW, speak_chinese
from odoo.addons.water_service_desk.base.trust import trusted


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTwoCompanies(ComplaintCommon):
    """People who work for two companies, the first of which is not the one that has the case."""

    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        both = (cls.company | cls.company2).ids
        companies = {"company_id": cls.company.id, "company_ids": [Command.set(both)]}
        for role in ("agent", "supervisor", "manager"):
            groups = f"base.group_user,water_service_desk.group_{role}"
            cls.users[f"both_{role}"] = cls._new_user(f"both_{role}", groups, **companies)
        cls.users["both_agent"].group_ids += cls.env.ref("base.group_allow_export")
        cls.company2.country_id = cls.env.ref("base.de")

    def _theirs(self, login="both_agent", **values):
        return self._complaint(login, company_id=self.company2.id, **values)

    def _both(self, login, records):
        """``records`` as a user of both companies sees them, the first one active."""
        both = (self.company | self.company2).ids
        return self._as(login, records).with_context(allowed_company_ids=both)

    def _logged(self, kind):
        return self.env["water.privacy.log"].search([("kind", "=", kind)], limit=2)

    def test_notified_of_view(self):
        """The company whose customer it is, and no other one."""
        values = {"code": "T-B", "address": "东城路8号", "partner_id": self.customer.id}
        account = self.env["water.account"].create({**values, "company_id": self.company2.id})
        for record in (self._theirs(), account):
            self._both("both_agent", record).reveal([record._revealable[0]], "question")
            row = self._logged("reveal")[:1]
            with self.subTest(model=record._name):
                self.assertEqual((row.model, row.company_id), (record._name, self.company2))
        self.assertTrue(self._as("foreign", row).has_access("read"))
        self.assertFalse(self._as("quality", row).has_access("read"))

    def test_notified_of_export(self):
        """Each company of its own records; much is much, whosesoever it was."""
        self.company.water_export_limit = 0
        self.company2.water_export_limit = 2
        cases = self._theirs() | self._theirs() | self._complaint()
        with self.enter_registry_test_mode():
            self._both("both_agent", cases).export_data(["name", "phone"])
        rows = self._logged("export")
        found = {(row.company_id, row.row_count, row.is_large) for row in rows}
        self.assertEqual(found, {(self.company, 1, True), (self.company2, 2, True)})

    def test_limits_of_the_other_company(self):
        """A company's limit of customers viewed applies through other companies too."""
        (self.company | self.company2).water_export_limit = 0
        self.company.water_reveal_limit, self.company2.water_reveal_limit = 0, 1
        first, second = self._theirs(), self._theirs()
        self._both("both_agent", first).reveal(["phone"], "question")
        with self.assertRaisesRegex(AccessError, "which is the limit"):
            self._both("both_agent", second).reveal(["phone"], "question")
        self.company2.water_export_limit = 1
        self._both("both_agent", first | second).read(["phone"])
        row = self._logged("read")[:1]
        self.assertEqual((row.company_id, row.row_count, row.is_large), (self.company2, 2, True))

    def test_telephone(self):
        """A number is read as one of the country in which the case is."""
        self.assertEqual(self._theirs(phone="030 1234567").phone_normalized, "+49301234567")

    def test_numbers(self):
        """A company's records use its own sequence, no matter who creates them."""
        for code in ("water.complaint", "water.inquiry", "water.notice", "water.appeal"):
            shared = self.env["ir.sequence"].search([("code", "=", code)], limit=1)
            shared.copy({"company_id": self.company2.id, "prefix": "B-"})
        values = [
            self._complaint_values(company_id=company.id)
            for company in (self.company2, self.company, self.company2)
        ]
        cases = self._both("both_agent", self.env["water.complaint"]).create(values)
        self.assertEqual([case.name[:2] == "B-" for case in cases], [True, False, True])
        acts.readback(self._as("both_agent", cases))
        letter = self._as("both_supervisor", self.env["water.notice"])._send(
            self._as("both_supervisor", cases[0]),
            self._notice_values(kind="refusal", body="<p>不属供水范围。</p>"),
        )
        self.assertEqual(letter.name[:2], "B-")

    def test_mails_to_staff(self):
        """Records without a case belong to the reader's company."""
        people = self.users["foreign"] | self.users["manager"]
        self.env["water.staff.message"]._tell(people, lambda env: ("T-foot", "y"))
        mails = self.env["mail.mail"].search([("subject", "=", "T-foot")])
        for user in people:
            mine = mails.filtered(lambda mail, user=user: user.partner_id in mail.recipient_ids)
            other = (self.company | self.company2) - user.company_id
            with self.subTest(user=user.login):
                self.assertIn(f"{user.company_id.name}</strong>", mine.body_html)
                self.assertNotIn(f"{other.name}</strong>", mine.body_html)

    def test_reminders_by_the_day_of_each_company(self):
        """In America it is still the day before when the scheduler's company begins its own."""
        self.company2.resource_calendar_id.tz = "America/New_York"
        self.assertLess(self.company2._water_today(), self.company._water_today())
        today, both = self.company._water_today(), self.company | self.company2
        texts = {"name": "T", "version": 1, "state": "in_force", "reminded_on": "2026-03-04"}
        documents = trusted(self.env["water.staff.document"]).create(
            [{**texts, "code": f"T{one.id}", "company_id": one.id} for one in both]
        )
        skill = self.env["water.skill"].create({"name": "T", "code": "T-1"})
        exam = {"skill_id": skill.id, "is_passed": True, "exam_on": "2026-01-01"}
        people = self.users["agent"] | self.users["foreign"]
        skills = trusted(self.env["water.skill.user"]).create(
            [{**exam, "user_id": user.id} for user in people]
        )
        skills.valid_to = today + timedelta(days=30)
        crons = ("water_quality.ir_cron_signatures", "water_service_desk.ir_cron_skills")
        for rows, cron in zip((documents, skills), crons, strict=True):
            self._trigger(cron)
            told = rows.filtered(lambda row: row.reminded_on and row.reminded_on >= today)
            with self.subTest(model=rows._name):
                self.assertEqual(told.company_id, self.company)

    def test_versions_begin_on_the_day_of_their_company(self):
        """A standard and a compensation rule, for users of both companies."""
        self.company2.resource_calendar_id.tz = "America/New_York"  # still the day before
        day = self.company2._water_today()
        self.assertLess(day, self.company._water_today())
        rule = self.env["water.compensation.rule"].search([], limit=1)
        standard = self.env["water.standard"].search([], limit=1)
        theirs = {"company_id": self.company2.id, "valid_from": "2026-01-01", "code": "T-D"}
        for row in (rule, standard):
            old = row.copy(theirs)
            version = self.env[row._name].browse(old.action_new_version()["res_id"])
            with self.subTest(model=row._name):
                self.assertEqual(version.valid_from, day)

    def test_company_day_applies(self):
        """Reviews and skills, wherever one looks from; shared records by one's own."""
        self.company2.resource_calendar_id.tz = "America/New_York"  # still the day before
        texts = {"name": "T", "customer_text": "x", "category_ids": self._category("bl02").ids}
        articles = self.env["water.article"].create(
            [
                {**texts, "company_id": company.id}
                for company in (self.company2, self.company, self.env["res.company"])
            ]
        )
        articles.action_publish()
        trusted(articles).write({"review_on": "2026-03-11", "is_reminded": False})
        exam = {"skill_id": self.env["water.skill"].create({"name": "T", "code": "T-1"}).id}
        exam |= {"user_id": self.users["foreign"].id, "exam_on": "2026-01-01"}
        skill = self.env["water.skill.user"].create({**exam, "valid_to": "2026-03-10"})
        for company in (self.company, self.company2):
            mine = company == self.company2
            here = [True, False, mine]
            with self.subTest(company=company.name):
                found = articles.with_company(company)
                self.assertEqual([not row.is_review_due for row in found], here)
                due = found.search([("id", "in", found.ids), ("is_review_due", "=", True)])
                self.assertEqual([row not in due for row in found], here)
                self.assertTrue(skill.with_company(company).is_valid)
                able = skill.with_company(company)._able(skill.user_id, skill.skill_id)
                self.assertTrue(able)
        with self.enter_registry_test_mode():
            self.env.ref("water_service_desk.ir_cron_article_review").method_direct_trigger()
        articles.invalidate_recordset()
        self.assertEqual(articles.mapped("is_reminded"), [False, True, True])

    def test_mark_is_reviewed_on_local_day_of_its_author(self):
        """Each is asked in their own language."""
        self.company2.resource_calendar_id.tz = "America/New_York"
        speak_chinese(self.env)
        asked = self.users["foreign"]
        asked.lang = "zh_CN"
        kind = self.env.ref("water_service_desk.mail_activity_type_vexatious")
        partner = self.env["res.partner"].create({"name": "T"})
        trusted(partner).write(
            {
                "water_vexatious": True,
                "water_vexatious_review_on": self.company._water_today(),
                "water_vexatious_by_id": asked.id,
            }
        )
        for moment, count in ((NOW, 0), ("2026-03-11 05:00:00", 1)):
            with freeze_time(moment):
                self._trigger("water_service_desk.ir_cron_vexatious")
            todos = partner.activity_ids.filtered(lambda todo: todo.activity_type_id == kind)
            self.assertEqual(len(todos), count)
        self.assertRegex(todos.summary, "[\u4e00-\u9fff]")

    def test_assigned_person(self):
        """Cases are not given to people of another company."""
        case = self._theirs()
        for login in ("agent", "portal1"):
            user = self.users[login]
            mine = self._both("both_supervisor", case)
            dialog = {"case_model": case._name, "case_ids": case.ids, "reason": "x"}
            for way in (
                lambda mine=mine, user=user: mine.write({"user_id": user.id}),
                lambda user=user: self._theirs("both_supervisor", user_id=user.id),
                lambda user=user: self._theirs("both_supervisor", first_responsible_id=user.id),
                lambda mine=mine, user=user, dialog=dialog: (
                    mine.env["water.handover.wizard"]
                    .create({**dialog, "user_id": user.id})
                    .action_hand_over()
                ),
            ):
                with (
                    self.subTest(login=login),
                    self.assertRaisesRegex(UserError, "choose a member of staff"),
                ):
                    way()
        self._as("both_supervisor", case).write({"user_id": self.users["foreign"].id})

    def test_both_at_once(self):
        """Users of two companies work beside colleagues of one."""
        case = self._complaint("both_agent")
        mine, boss = self._both("both_agent", case), self._both("both_supervisor", case)
        told = mine.sudo()._desk_supervisors()
        self.assertIn(self.users["supervisor"], told)
        self.assertNotIn(self.users["foreign"], told)
        acts.readback(mine)
        acts.dispatch(mine, self.net)
        acts.appoint_deputy(
            boss, self.users["agent"], fields.Datetime.to_datetime("2026-03-20"), "x"
        )
        self.assertEqual(case.acting_responsible_id, self.users["agent"])

    def test_department_of_a_category(self):
        ours = self.env["water.department"].create(
            {"name": "A", "code": "T-A", "company_id": self.company.id}
        )
        category = self._category("ot02")
        category.write({"department_id": ours.id, "support_department_ids": ours.ids})
        values = self._request_values(category_id=category.id, severity="emergency")
        for login, expected in (("foreign", 0), ("agent", 1)):
            case = self._as(login, self.env["water.request"]).create(values)
            with self.subTest(login=login):
                self.assertEqual(len(case.sudo().dispatch_ids), expected)
        theirs = self._theirs(category_id=self._category("bl02").id)
        self._category("bl02").write({"department_id": ours.id, "support_department_ids": ours.ids})
        dialog = {"case_model": theirs._name, "case_ids": theirs.ids}
        dialog = self._both("both_agent", self.env["water.dispatch.wizard"]).new(dialog)
        self.assertFalse(dialog.department_id | dialog.support_department_ids)

    def test_one_matter_is_of_one_company(self):
        """Each company counts and is told of its own contacts; users see no links they cannot
        make.
        """
        mine, theirs = self._complaint(), self._theirs()
        case = self._both("both_supervisor", theirs)
        with self.assertRefused("choose an original of the same company", theirs):
            acts.link(case, self._both("both_supervisor", mine), "同一处")
        self.assertFalse(mine.repeat_count)
        again = self._theirs()
        found = self._both("both_agent", theirs).similar_ids
        self.assertNotIn(mine, found)
        self.assertIn(again, found)

    def test_erasing_users(self):
        """Erasure does not reach another company's data, or data the user cannot see."""
        person = self.env["res.partner"].create({"name": "王芳", "phone": "13700001111"})
        ours = self._complaint(partner_id=person.id)
        dialog = {"model": person._name, "record_ids": person.ids, "reason": "x"}
        dialogs = self.env["water.erasure.wizard"]
        self.assertIn(ours.name, self._as("manager", dialogs).create(dialog).hindrances)
        theirs = self._theirs(partner_id=person.id)
        for login in ("manager", "foreign"):
            with self.subTest(login=login), self.assertRefused("is closed to you"):
                self._as(login, dialogs).create(dialog).read(["hindrances"])
            with self.subTest(login=login), self.assertRefused("is closed to you"):
                self._as(login, dialogs).create(dialog).action_erase()
        told = self._as("both_manager", dialogs).create(dialog).hindrances
        self.assertIn(theirs.name, told)

    def test_erasing_tells_of_no_complaint_about_oneself(self):
        person = self.env["res.partner"].create({"name": "王芳", "phone": "13700001111"})
        self._complaint("agent2", partner_id=person.id)
        about = self._complaint("agent2", partner_id=person.id)
        about.sudo().person_complained_id = self.users["manager"]
        dialog = {"model": person._name, "record_ids": person.ids, "reason": "x"}
        dialog = self._as("manager", self.env["water.erasure.wizard"]).create(dialog)
        with self.assertRefused("is closed to you"):
            dialog.read(["hindrances"])
