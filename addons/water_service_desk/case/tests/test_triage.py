from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import WaterCommon


@tagged("post_install", "-at_install")
class TestTriage(WaterCommon):
    """The first look: words and categories raise the severity, people say why they differ."""

    second_company = True

    def test_mails_of_a_department_become_cases(self):
        domain = self.env["mail.alias.domain"].create({"name": "mails.example.com"})
        self.company.alias_domain_id = domain
        self.lab.alias_name = "lab-mails"
        self.lab.alias_id.alias_model_id = self.env["ir.model"]._get("water.category")
        self.assertTrue(self.lab.write({"mail_kind": "inquiry"}))
        self.assertEqual(self.lab.alias_id.alias_model_id.model, "water.inquiry")

    def _raised(self, case):
        rows = case.event_ids.filtered(lambda row: row.kind == "severity_changed").sorted("id")
        return rows.mapped("payload")

    def test_word_raises(self):
        """An emergency word in any text makes an emergency, and the case names it."""
        for field, text in (
            ("subject", "门口爆管了"),
            ("description", "路面刚才突然塌了一块"),
            ("verbatim", "My son got an ELECTRIC SHOCK at the tap"),
        ):
            case = self._inquiry(**{field: text})
            with self.subTest(field=field):
                self.assertEqual(case.severity, "emergency")
                payload = self._raised(case)[0]
                self.assertEqual((payload["from"], payload["to"]), ("normal", "emergency"))
                self.assertTrue(payload["reason"])
                self.assertEqual(case.triage_reason, payload["reason"])
        self.assertIn("ELECTRIC SHOCK".lower(), case.triage_reason.lower())
        self.assertWhole(case)

    def test_words_of_bad_water_and_harm(self):
        words = self.env["water.emergency.word"]
        for text, is_harm in (
            ("水有汽油味", False),
            ("自来水闻着像柴油", False),
            ("水有异味，喝了像是中毒", True),
            ("孩子喝水后呕吐", True),
            ("全家腹泻", True),
            ("洗澡后起了皮疹", True),
            ("the water smells of petrol", False),
            ("my son is vomiting", True),
        ):
            with self.subTest(text=text):
                self.assertEqual(self._inquiry(description=text).severity, "emergency")
                self.assertEqual(words._tells_of_harm(text, self.company.id), is_harm)

    def test_health_words_come_once(self):
        words = self.env["water.emergency.word"]
        gone = words.search([("name", "=", "柴油")])
        gone.unlink()
        words._bring_health_words()
        self.assertFalse(words.search([("name", "=", "柴油")]))

    def test_nothing_raises(self):
        """Everyday words, and words within other English words, do not."""
        for text in ("水费怎么算", "the floodedness of my questions", "爆 表了吗"):
            case = self._inquiry(description=text)
            with self.subTest(text=text):
                self.assertEqual(case.severity, "normal")
                self.assertFalse(self._raised(case))

    def test_graver_stays(self):
        """A word for less than the chosen severity changes nothing."""
        case = self._inquiry(severity="emergency", description="家里有透析病人")
        self.assertEqual((case.severity, self._raised(case)), ("emergency", []))

    def test_category_is_always_an_emergency(self):
        category = self._category("gn").copy({"code": "T-EM", "emergency_trigger": "always"})
        case = self._inquiry(category_id=category.id, severity="normal")
        self.assertEqual(case.severity, "emergency")
        self.assertIn(category.name, self._raised(case)[0]["reason"])

    def test_words_of_a_company(self):
        """A company's own words count for its own cases alone, at once and until archived."""
        words = self.env["water.emergency.word"]
        word = words.create({"name": "虹吸*倒灌", "company_id": self.company2.id})
        self.assertEqual(self._inquiry(description="虹吸了又倒灌").severity, "normal")
        word.company_id = self.company
        self.assertEqual(self._inquiry(description="虹吸了又倒灌").severity, "urgent")
        word.active = False
        self.assertEqual(self._inquiry(description="虹吸了又倒灌").severity, "normal")

    def test_bad_words(self):
        for name in ("*", "a", "水*水*水*水*水"):
            with self.subTest(name=name), self.assertRaises(ValidationError):
                self.env["water.emergency.word"].create({"name": name})

    def test_emergency_starts_its_clocks(self):
        """The clocks of the raised case are those of an emergency, from the receipt on."""
        plain = self._inquiry(severity="emergency")
        raised = self._inquiry(description="我家触电了")
        dues = [
            {(clock.kind, clock.due_at) for clock in case.deadline_ids} for case in (plain, raised)
        ]
        self.assertEqual(*dues)

    def test_change_needs_a_reason(self):
        """By every method: no change without a reason; the chain stores both."""
        case = self._inquiry()
        work = self._as("agent", case)
        for values in (
            {"severity": "urgent"},
            {"severity": "urgent", "triage_reason": "  "},
            {"nature": "complaint"},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "Reassess"):
                work.write(values)
        self.assertEqual((case.severity, case.nature), ("normal", "inquiry"))
        work.write({"severity": "normal"})  # no change, no reason
        acts.retriage(work, {"severity": "urgent", "nature": "help"}, "整栋楼没水")
        self.assertEqual(
            self._raised(case)[0], {"from": "normal", "to": "urgent", "reason": "整栋楼没水"}
        )
        triaged = case.event_ids.filtered(lambda row: row.kind == "triaged")
        self.assertEqual(triaged.payload["nature"], ["inquiry", "help"])
        self.assertWhole(case)

    def test_dialog(self):
        """The dialog shows stored values, and writes changes alone."""
        case = self._inquiry()
        wizards = self._as("agent", self.env["water.triage.wizard"])
        wizard = wizards.with_context(active_model=case._name, active_ids=case.ids).create(
            {"severity": "urgent", "household_count": 40, "reason": "整个单元"}
        )
        self.assertEqual(wizard.nature, "inquiry")
        asked = wizards.with_context(default_severity="urgent", active_model=case._name)
        shown = asked.with_context(active_ids=case.ids).default_get(
            ["case_ids", "severity", "category_id"]
        )
        self.assertEqual(shown.keys(), {"case_ids", "severity", "category_id"})
        self.assertEqual((shown["severity"], shown["category_id"]), ("urgent", case.category_id.id))
        wizard.action_save()
        self.assertEqual((case.severity, case.household_count), ("urgent", 40))
        triaged = case.event_ids.filtered(lambda row: row.kind == "triaged")
        self.assertEqual(triaged.payload, {"household_count": ["", 40], "reason": "整个单元"})
        self._as("agent", case).action_withdraw()
        with self.assertRaisesRegex(UserError, "it can no longer be added to"):
            wizard.action_save()

    def test_words_that_come_later(self):
        """A word added to the text raises it; one that was judged before does not again."""
        case = self._inquiry()
        work = self._as("agent", case)
        work.description = "客户又说井盖被人弄丢了"
        self.assertEqual(case.severity, "urgent")
        acts.retriage(work, {"severity": "normal"}, "是小区自己的井盖")
        work.description = "客户说小区的井盖被人弄丢了"
        self.assertEqual(case.severity, "normal")

    def test_graver_case_hurries(self):
        """Raised by hand: the earlier limit counts from the receipt, until it is lowered again.

        The clocks of the severity that holds are those that run; each change is on record.
        """
        case = self._inquiry()
        before = self._clock(case, "close").due_at
        self._new_standard("T-HURRY", {"amount": 3, "unit": "hour"}, severity="emergency")
        acts.retriage(self._as("agent", case), {"severity": "emergency"}, "有人被困")
        clock = self._clock(case, "close")
        self.assertLess(clock.due_at, before)
        self.assertEqual((clock.due_at - clock.started_at).total_seconds(), 3 * 3600)
        self.assertEqual(clock.started_at, case.received_at)
        hurried = clock.due_at
        acts.retriage(self._as("agent", case), {"severity": "normal"}, "已脱险")
        self.assertEqual(clock.due_at, before)
        moves = [
            (row.payload["old"], row.payload["new"], row.payload["reason"])
            for row in case.event_ids.sorted("id")
            if row.kind == "clock_replanned"
        ]
        early, late = hurried.isoformat(), before.isoformat()
        self.assertEqual(moves, [(late, early, "有人被困"), (early, late, "已脱险")])
        self.assertWhole(case)

    def test_upset_is_no_question(self):
        """An agent cannot make a mere question of an upset customer without saying why."""
        with self.assertRaisesRegex(UserError, "register a complaint"):
            self._inquiry(emotion="agitated")
        case = self._inquiry(emotion="threatening", triage_reason="只问营业时间, 因堵车着急")
        self.assertEqual(case.emotion, "threatening")

    def test_words_cost_no_queries(self):
        """Looking for words is done in memory: a hundred cases cost what one does."""
        self._inquiry()

        def queries(number):
            inquiries = self._as("agent", self.env["water.inquiry"])
            vals = [self._inquiry_values(description=f"水费{n}") for n in range(number)]
            self.env["water.emergency.word"]._find("水费", self.company.id)
            count = self.env.cr.sql_log_count
            for row in vals:
                inquiries._judge_at_birth([row])
            return self.env.cr.sql_log_count - count

        few = queries(1)
        self.assertEqual(queries(100), few)


@tagged("post_install", "-at_install")
class TestVexatious(WaterCommon):
    """A supervisor marks a caller for a time; their cases are registered as usual."""

    REASON = "一周来电 40 次辱骂坐席"

    def _mark(self, login="supervisor", **values):
        values = {
            "partner_id": self.customer.id,
            "reason": self.REASON,
            "review_on": "2026-04-10",
            **values,
        }
        self._as(login, self.env["water.vexatious.wizard"]).create(values).action_save()

    def test_supervisor_alone(self):
        for login in ("agent", "department", "quality"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._mark(login)
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, self.customer)._mark_vexatious(True, "x", "2026-04-10")
        for login in ("agent", "supervisor", "manager", "su"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, self.customer).write({"water_vexatious": True})
        with self.assertRaises(AccessError):
            self.env["res.partner"].create({"name": "x", "water_vexatious": True})
        self._mark()
        self.assertTrue(self.customer.water_vexatious)
        self.assertEqual(self.customer.water_vexatious_by_id, self.users["supervisor"])
        self._mark(is_marked=False, reason=False, review_on=False)
        self.assertFalse(self.customer.water_vexatious)

    def test_reason_and_review(self):
        for values in ({"reason": " "}, {"review_on": False}, {"review_on": "2026-03-11"}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._mark(**values)

    def test_is_warned_of_and_registered(self):
        """The agent is warned; the case is registered and promised as usual."""
        self._mark()
        call = self._as("agent", self.env["water.call"]).create({"query": self.customer.phone})
        self.assertIn("40 次", call.alerts)
        self.assertIn("2026-04-10", call.alerts)
        other = self._inquiry(partner_id=self.customer2.id)
        self.assertEqual(self._inquiry().promised_at, other.promised_at)

    def test_review(self):
        """On the day, and not before, the supervisor is asked; once, until it is settled."""
        self._mark()
        kind = self.env.ref("water_service_desk.mail_activity_type_vexatious")

        def asked(moment):
            with freeze_time(moment):
                self._trigger("water_service_desk.ir_cron_vexatious")
            return self.customer.activity_ids.filtered(lambda row: row.activity_type_id == kind)

        self.assertFalse(asked("2026-04-09 02:00:00"))
        self.assertEqual(asked("2026-04-10 02:00:00").user_id, self.users["supervisor"])
        self.assertEqual(len(asked("2026-04-11 02:00:00")), 1)
        with freeze_time("2026-04-11 03:00:00"):
            self._mark(review_on="2026-05-10")
        self.assertFalse(asked("2026-04-12 02:00:00"))
