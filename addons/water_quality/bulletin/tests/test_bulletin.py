import base64
import re

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ..charts import bars, lines

FEBRUARY = "2026-02-10 10:00"
SENT = "was sent is not edited"


@tagged("post_install", "-at_install")
class TestBulletin(ComplaintCommon):
    """Drafted after its period, edited, sent in each reader's language, stored."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.zone = cls.env["water.zone"].create({"name": "东城片区", "code": "B-E"})
        cls.cause = cls.env["water.cause"].create({"name": "抄表差错", "code": "B-C"})
        case = cls._complaint_values(zone_id=cls.zone.id, contact_name="王小明")
        case |= {"received_at": local(FEBRUARY), "phone": "13900001111"}
        cls.cases = cls.env["water.complaint"].create([dict(case) for _count in range(3)])
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE water_complaint SET closed_at = %s, cause_id = %s, satisfaction_result = '5',"
            " customer_remark = '王小明说13900001111已接到回复，处理很及时'"
            " WHERE id = ANY(%s)",
            (local("2026-02-20 10:00"), cls.cause.id, cls.cases.ids),
        )
        trusted(cls.cases[1:]).write({"repeat_of_id": cls.cases[0].id})
        cls.cases[0]._count_repeats()
        clock = {"complaint_id": cls.cases[0].id, "kind": "verify", "state": "breached"}
        clock |= {"started_at": local(FEBRUARY), "due_at": local("2026-02-28 23:59")}
        clock |= {"breached_department_id": cls.net.id, "breach_reason": "own"}
        trusted(cls.env["water.deadline"]).create(clock)
        cls.env.invalidate_all()
        plans = cls.env["water.bulletin.plan"]
        plans.search([]).unlink()
        cls.plan = plans.create({"kind": "month", "addresses": "jg@example.com\n"})
        cls.users["quality"].lang = "zh_CN"
        cls.users["manager"].lang = "en_US"
        for login in ("quality", "manager"):
            cls.users[login].email = f"{login}@example.com"
        cls.plan.user_ids = cls.users["quality"] | cls.users["manager"]

    def _bulletin(self):
        self._trigger("water_quality.ir_cron_bulletin")
        found = self.env["water.bulletin"].search([("plan_id", "=", self.plan.id)])
        self.assertEqual(len(found), 1)
        return found

    def _page(self, bulletin, language):
        return (
            self.env["ir.actions.report"]
            .with_context(lang=language)
            ._render_qweb_html("water_quality.report_bulletin", bulletin.ids)[0]
            .decode()
        )

    def test_drawn_up_once(self):
        bulletin = self._bulletin()
        self.assertEqual((bulletin.name, bulletin.state), ("2026-02", "draft"))
        self.assertEqual(self._bulletin(), bulletin)
        content = bulletin.content
        self.assertEqual(content["trend"][-1], ["2026-02-01", 3, 3])
        self.assertEqual(len(content["trend"]), 12)
        self.assertEqual(content["causes"], [[self.cause.id, 3]])
        self.assertEqual(content["zones"], [[self.zone.id, 3, 0]])
        self.assertEqual(content["breaches"], [["own", 1, 0]])
        self.assertEqual(content["late"], [[self.net.id, 1]])
        self.assertEqual(
            [(row[0], row[3]) for row in content["repeats"]], [(self.cases[0].name, 3)]
        )

    def test_repetition_counts_in_its_period(self):
        """Whenever it came first; and of no period in which it did not come again."""
        old, new = local("2026-01-10 10:00"), local("2026-02-10 10:00")
        for first, then, rows in ((old, new, 1), (new, local("2026-03-02 10:00"), 0)):
            self._put(self.cases[0], received_at=first)
            self._put(self.cases[1:], received_at=then)
            content = self._drawn().content
            self.assertEqual(len(content["repeats"]), rows)

    def test_not_repeated(self):
        """As the rate of repeats: a split that was undone came in once, for instance."""
        case, other, third = self.cases
        self._put(third, repeat_of_id=False)
        merged = {"state": "merged", "repeat_of_id": False, "duplicate_of_id": case.id}
        for values, rows in (
            ({"state": "registered"}, 1),
            ({"state": "withdrawn"}, 0),
            ({"state": "rejected"}, 0),
            (merged, 1),
            ({"is_follow_up": True}, 0),
            ({"is_follow_up": False, "leaves_figures": True}, 0),
            ({"leaves_figures": False}, 1),
        ):
            self._put(other, **values)
            content = self._drawn().content
            with self.subTest(values=values):
                self.assertEqual(len(content["repeats"]), rows)

    def _drawn(self):
        """The bulletin on February, with the figures of now."""
        bulletin = self._bulletin()
        self._as("quality", bulletin).action_redraw()
        return bulletin

    def _put(self, cases, **values):
        trusted(cases).write(values)
        self.env.flush_all()

    def test_causes_of_what_counts_and_all_of_them(self):
        """Not of withdrawn or omitted rows; the share is one of all, named or not."""
        causes = self.env["water.cause"].create(
            [{"name": f"原因{number}", "code": f"B-{number}"} for number in range(9)]
        )
        one = self._complaint_values(received_at=local(FEBRUARY))
        more = self.env["water.complaint"].create([dict(one) for _cause in causes])
        for case, cause in zip(more, causes, strict=True):
            self._put(case, cause_id=cause.id, closed_at=local("2026-02-20 10:00"))
        self._put(self.cases[2], state="withdrawn")
        rows = self._drawn().with_context(lang="en_US")._cause_rows()
        # 2 of 11 of the first, 7 named causes with one each, and 2 that are not named
        self.assertEqual(rows[0], ("抄表差错", 2, "18%"))
        self.assertEqual([row[1:] for row in rows[7:]], [(1, "82%"), (2, "100%")])
        self.assertEqual(rows[8][0], "Other causes")

    def test_the_cause_of_a_matter_that_was_judged_again(self):
        """By the last finding, once."""
        self._put(self.cases[0], is_judged_again=True)
        content = self._drawn().content
        self.assertEqual(content["causes"], [[self.cause.id, 2]])

    def test_excused_limits_are_not_among_those_that_were_missed(self):
        clock = self.cases[0].deadline_ids.filtered(lambda row: row.breach_reason == "own")
        for excuse, words in ((False, "1 time limits were missed."), ("excused", "")):
            self._put(clock, excuse_state=excuse)
            said = self._drawn().text_en
            self.assertEqual("time limits were missed" in said, bool(words))
            self.assertIn(words, said)

    def test_words_do_not_name_people_in_the_case(self):
        """Neither representative, person complained of nor account."""
        self.users["agent2"].name = "陈小红"
        case = self.cases[0]
        facts = {"representative_name": "赵代理", "person_complained_id": self.users["agent2"].id}
        self._put(case, **facts, customer_remark="赵代理说陈小红后来态度很好，已道歉")
        words = self._drawn().words
        self.assertIn("后来态度很好", words)
        for name in ("赵代理", "陈小红"):
            self.assertNotIn(name, words)

    def test_each_rhythm(self):
        """The span that ended last: yesterday, the week before, last year."""
        plans = self.env["water.bulletin.plan"]
        for kind, name, last in (
            ("day", "2026-03-10", "2026-03-10"),
            ("week", "2026-W10", "2026-03-08"),
            ("year", "2025", "2025-12-31"),
        ):
            bulletin = self.env["water.bulletin"]._draw_up(plans.create({"kind": kind}))
            self.assertEqual((bulletin.name, str(bulletin.period_end)), (name, last))
            self.assertIn(str(bulletin.period_start.year), self._page(bulletin, "en_US"))

    def test_page_in_both_languages(self):
        bulletin = self._bulletin()
        english, chinese = self._page(bulletin, "en_US"), self._page(bulletin, "zh_CN")
        for words in ("3 cases were received and 3 closed.", "data:image/svg+xml", "100%"):
            self.assertIn(words, english)
        for words in ("客户服务月报", "抄表差错", "东城片区"):
            self.assertIn(words, chinese)
        self.assertNotIn("处理很及时", chinese)

    def test_words_are_read_before_they_are_printed(self):
        """Names and numbers are removed, and a person checks it."""
        bulletin = self._bulletin()
        self.assertEqual(bulletin.words, "“***说***已接到回复，处理很及时”")
        self._as("quality", bulletin).words_read = True
        self.assertIn("处理很及时", self._page(bulletin, "zh_CN"))

    def test_edited_and_sent(self):
        bulletin = self._as("quality", self._bulletin())
        bulletin.text_zh = "本月抄表差错突出，已安排复核。"
        with self.assertRaises(AccessError):
            bulletin.write({"content": {}})
        with self.assertRaises(AccessError):
            self._as("agent", bulletin).action_send()
        before = self.env["mail.mail"].search([])
        bulletin.action_send()
        mails = (self.env["mail.mail"].search([]) - before).sorted("id")
        told = {mail.email_to: mail for mail in mails}
        mine = told[self.users["quality"].email]
        self.assertIn("本月抄表差错突出", mine.body_html)
        self.assertIn("客户服务月报", mine.subject)
        self.assertEqual(mine.attachment_ids.mimetype, "application/pdf")
        self.assertIn("cases were received", told[self.users["manager"].email].body_html)
        self.assertIn("本月抄表差错突出", told["jg@example.com"].body_html)
        copies = bulletin.copy_ids
        self.assertEqual(
            [(row.address, row.language) for row in copies],
            [
                ("manager@example.com", "en_US"),
                ("quality@example.com", "zh_CN"),
                ("jg@example.com", "zh_CN"),
            ],
        )
        self.assertEqual((bulletin.state, bulletin.sent_by_id), ("sent", self.users["quality"]))
        with self.assertRaisesRegex(UserError, SENT):
            bulletin.text_zh = "x"
        with self.assertRaisesRegex(UserError, SENT):
            bulletin.action_send()
        with self.assertRaisesRegex(UserError, SENT):
            bulletin.action_redraw()
        with self.assertRaises(AccessError):
            copies.unlink()

    def test_sent_bulletin_is_printed_from_the_file_that_was_sent(self):
        bulletin = self._bulletin()
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        report = "water_quality.action_report_bulletin"
        for language in ("zh_CN", "en_US"):
            with self.subTest(language):
                self.assertFalse(self._files(bulletin, language))
        bulletin.action_send()
        kpis = self.env["water.kpi"].browse(row[0] for row in bulletin.content["figures"])
        kpis.with_context(lang="en_US").name = "Renamed"
        for language in ("zh_CN", "en_US"):
            file = self._files(bulletin, language)
            printed, _kind = reports.with_context(lang=language)._render_qweb_pdf(
                report, bulletin.ids
            )
            self.assertEqual(printed, file.raw)

    def _files(self, bulletin, language):
        name = bulletin.with_context(lang=language)._file_name()
        domain = [("res_model", "=", bulletin._name), ("res_id", "=", bulletin.id)]
        return self.env["ir.attachment"].search([*domain, ("name", "=", name)])

    def test_sent_by_itself(self):
        self.plan.write({"is_automatic": True, "days": 2})
        bulletin = self._bulletin()
        self.assertEqual(bulletin.state, "draft")
        with freeze_time("2026-03-13 02:00:01"):
            self._trigger("water_quality.ir_cron_bulletin")
        self.assertEqual((bulletin.state, bulletin.words_read), ("sent", False))

    def test_not_readable(self):
        bulletin = self._bulletin()
        self.plan.write({"user_ids": [(5,)], "addresses": False})
        with self.assertRaisesRegex(UserError, "readers"):
            bulletin.action_send()
        with self.assertRaisesRegex(ValidationError, "no mail address: 监管"):
            self.plan.addresses = "jg@example.com\n监管"

    def test_one_that_cannot_be_sent_stops_no_other(self):
        """Each plan for itself, and the fault is in the log."""
        other = self.plan.copy({"kind": "day", "is_automatic": True, "days": 0})
        self.plan.write({"is_automatic": True, "days": 0, "user_ids": [(5,)], "addresses": False})
        with self.assertLogs("odoo.addons.water_service_desk.base.isolated", "ERROR"):
            self._trigger("water_quality.ir_cron_bulletin")
        states = {row.plan_id: row.state for row in self.env["water.bulletin"].search([])}
        self.assertEqual((states[other], states[self.plan]), ("sent", "draft"))

    def test_charts_can_be_read(self):
        """Whole names, and few whole numbers beside them."""
        for image in (bars([("城郊镇村片区", 29)]), lines(["2026-01"], {"x": [29]})):
            drawn = base64.b64decode(image.partition(",")[2]).decode()
            numbers = {int(text) for text in re.findall(r">(\d+)</text>", drawn)}
            self.assertEqual(numbers - {29}, {0, 5, 10, 15, 20, 25, 30})
        drawn = base64.b64decode(bars([("城郊镇村片区", 1)]).partition(",")[2]).decode()
        room = re.search(r"translate\((\d+)", drawn)
        self.assertGreater(int(room[1]), 6 * 13)

    def test_charts_survive_any_name(self):
        for image in (bars([("<b>&“", 3), ("", 0)]), lines(["a"], {"<x>": [0]})):
            drawn = base64.b64decode(image.partition(",")[2]).decode()
            self.assertTrue(drawn.startswith("<svg"))
            self.assertNotIn("<b>", drawn)
            self.assertNotIn("<script", drawn)
