"""Articles: who writes and reads them, what stays of their earlier texts, and their reviews."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...base.tests.doors import Sent
from ...base.trust import trusted
from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestArticle(ArticleCase):
    second_company = True

    def test_born_as_a_numbered_draft(self):
        article = self._article(publish=False, is_published=True, reviewed_on="2026-01-01")
        self.assertEqual((article.state, article.reviewed_on), ("draft", False))
        self.assertRegex(article.code, r"^ZS-\d{4,}$")
        context = {"default_is_published": True}
        article = self.env["water.article"].with_context(**context).create({"name": "x"})
        self.assertFalse(article.is_published)

    def test_published_only_by_the_button(self):
        article = self._article(publish=False)
        for values in (
            {"is_published": True},
            {"published_at": "2026-01-01"},
            {"is_reminded": True},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "buttons"):
                article.write(values)
        article.action_publish()
        self.assertEqual(article.state, "published")
        self.assertEqual(str(article.review_on), "2026-09-11")

    def test_incomplete(self):
        for name in ("customer_text", "category_ids"):
            article = self._article(publish=False, **{name: False})
            with self.subTest(name), self.assertRaisesRegex(UserError, "fill in"):
                article.action_publish()

    def test_status_follows_the_calendar(self):
        article = self._article(valid_from="2026-03-10", valid_to="2026-03-12")
        all_ = self.env["water.article"]
        for day, state in (
            ("09", "planned"),
            ("10", "published"),
            ("12", "published"),
            ("13", "expired"),
        ):
            with self.subTest(day=day), freeze_time(f"2026-03-{day} 02:00:00"):
                article.invalidate_recordset()
                self.assertEqual(article.state, state)
                for other in ("draft", "planned", "published", "expired"):
                    found = all_.search([("state", "=", other), ("id", "=", article.id)])
                    self.assertEqual(bool(found), other == state, other)
        self.assertIn(article, all_.search([("state", "!=", "draft")]))

    @mute_logger("odoo.sql_db")
    def test_impossible_dates(self):
        from psycopg2 import IntegrityError

        for values in (
            {"valid_from": "2026-03-12", "valid_to": "2026-03-11"},
            {"review_months": 0},
        ):
            with self.subTest(values=values), self.assertRaises(IntegrityError):
                with self.env.cr.savepoint():
                    self._article(publish=False, **values)
        with self.assertRaises(ValidationError):
            self._article().review_on = False

    def test_withdrawn(self):
        article = self._article()
        article.action_withdraw()
        self.assertEqual(article.state, "draft")
        self.assertFalse(
            self._as("agent", self.env["water.article"]).search([("id", "=", article.id)])
        )

    def test_deleted_only_before_its_first_publication(self):
        self._article(publish=False).unlink()
        article = self._article()
        article.action_withdraw()
        with self.assertRaisesRegex(UserError, "archive"):
            article.unlink()

    # -- who ----------------------------------------------------------------------------------

    def test_owner_and_editors_write(self):
        article = self._article()
        for login in ("department", "supervisor", "quality", "manager"):
            with self.subTest(login=login):
                mine = self._as(login, article)
                self.assertTrue(mine.can_edit)
                mine.keywords = login
                mine.action_reviewed()
        for login in ("agent", "department2"):
            mine = self._as(login, article)
            self.assertFalse(mine.can_edit)
            for call in (
                lambda mine=mine: mine.write({"keywords": "x"}),
                mine.action_publish,
                mine.action_withdraw,
                mine.action_reviewed,
                mine.unlink,
            ):
                with self.subTest(login=login), self.assertRaises(AccessError):
                    call()

    def test_staff_reads_what_is_published(self):
        draft, article = self._article(publish=False), self._article()
        for login in ("agent", "department2"):
            mine = self._as(login, self.env["water.article"])
            self.assertEqual(mine.search([]), article)
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, draft).read(["name"])
        self.assertEqual(self._as("department", draft).name, draft.name)

    def test_the_form_writes(self):
        with Form(self._as("quality", self.env["water.article"])) as form:
            form.name = "停水怎么查"
            form.customer_text = "看公告"
            form.category_ids.add(self._category("ot"))
        form.record.action_publish()
        with Form(self._as("agent", form.record)) as form:
            with self.assertRaisesRegex(AssertionError, "readonly"):
                form.name = "x"

    # -- versions -----------------------------------------------------------------------------

    def test_earlier_texts_stay_readable(self):
        article = self._article(customer_text="放水五分钟")
        self._as("department", article).customer_text = "放水十分钟"
        versions = self._as("agent", article).version_ids.sorted("number", reverse=True)
        self.assertEqual(versions.mapped("number"), [2, 1])
        self.assertEqual(versions.mapped("customer_text"), ["放水十分钟", "放水五分钟"])
        self.assertEqual(versions.user_id, self.owner | self.users["supervisor"])
        labels = versions.mapped("changed_labels")
        self.assertEqual(labels, ["For the Customer", "First publication"])

    def test_no_version_without_a_change(self):
        article = self._article()
        article.write({"name": article.name, "owner_id": self.users["agent"].id})
        article.action_withdraw()
        article.name = "草稿里随便改"
        self.assertEqual(article.version_count, 1)
        article.action_publish()
        article.invalidate_recordset()
        self.assertEqual(article.version_count, 2)

    def test_translations_are_versions_too(self):
        article = self._article()
        article.update_field_translations("name", {"zh_CN": "水发黄", "en_US": "Yellow water"})
        latest = article.version_ids.sorted("number")[-1]
        self.assertEqual(latest.number, 2)
        self.assertEqual(latest.with_context(lang="zh_CN").name, "水发黄")
        self.assertEqual(latest.name, "Yellow water")

    def test_versions_are_kept(self):
        version = self._article().version_ids
        for call in (
            lambda: version.write({"texts": {}}),
            version.unlink,
            lambda: version.create({"article_id": version.article_id.id, "number": 9}),
        ):
            with self.assertRaises(AccessError):
                call()

    # -- reviews ------------------------------------------------------------------------------

    def _remind(self):
        cron = self.env.ref("water_service_desk.ir_cron_article_review").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def test_owner_is_reminded_once(self):
        article = self._article(review_on="2026-03-12")
        self._remind()
        self.assertFalse(article.activity_ids)
        with freeze_time("2026-03-12 02:00:00"):
            self._remind()
            self._remind()
            self.assertEqual(article.activity_ids.user_id, self.owner)
            self.assertIn(article.name, article.activity_ids.summary)
            due = self.env["water.article"].search([("is_review_due", "=", True)])
            self.assertEqual(due, article)
            self._as("department", article).action_reviewed()
            article.invalidate_recordset()
            self.assertFalse(article.activity_ids)
            self.assertEqual(str(article.review_on), "2026-09-12")
            self.assertFalse(article.is_review_due)
        with freeze_time("2026-09-12 02:00:00"):
            self._remind()
            self.assertEqual(len(article.activity_ids), 1)

    def test_an_owner_who_has_left_is_not_reminded(self):
        article = self._article(review_on="2026-03-12")
        article.owner_id.active = False
        with freeze_time("2026-03-12 02:00:00"):
            self._remind()
        self.assertTrue(article.activity_ids)
        self.assertTrue(article.activity_ids.user_id.active)

    def test_an_article_that_fails_stops_no_other(self):
        first, second = (self._article(review_on="2026-03-01") for _number in range(2))
        model = type(first)
        remind = model._remind

        def fail(articles):
            if first in articles:
                raise ValueError(first.code)
            remind(articles)

        log = "odoo.addons.water_service_desk.base.isolated"
        with patch.object(model, "_remind", fail), self.assertLogs(log, "ERROR"):
            self._remind()
        self.assertEqual((first.is_reminded, second.is_reminded), (False, True))

    def test_drafts_need_no_review(self):
        self._article(publish=False, review_on="2026-03-01")
        withdrawn = self._article(review_on="2026-03-01")
        self._remind()
        self.assertTrue(withdrawn.activity_ids)
        withdrawn.action_withdraw()
        self.assertFalse(withdrawn.activity_ids)

    # -- feedback -----------------------------------------------------------------------------

    def test_a_remark_goes_to_the_owner(self):
        article = self._article()
        feedback = self._as("agent", self.env["water.article.feedback"])
        row = feedback.create({"article_id": article.id, "note": "电话换了"})
        told = self.env["mail.message"].search([("partner_ids", "in", self.owner.partner_id.ids)])
        self.assertIn("电话换了", told[:1].body)
        self.assertEqual((article.wrong_count, row.user_id), (1, self.users["agent"]))
        with self.assertRaises(AccessError):
            row.action_settle()
        self._as("department", row).action_settle()
        article.invalidate_recordset()
        self.assertEqual((article.wrong_count, row.done_by_id), (0, self.owner))

    def test_helped(self):
        article = self._article()
        self._as("agent", article).action_helped()
        article.invalidate_recordset()
        self.assertEqual((article.helped_count, article.wrong_count), (1, 0))

    def test_feedback_is_ones_own(self):
        article, draft = self._article(), self._article(publish=False)
        feedback = self._as("agent", self.env["water.article.feedback"])
        row = feedback.create(
            {"article_id": article.id, "note": "x", "user_id": self.owner.id, "is_done": True}
        )
        self.assertEqual((row.user_id, row.is_done), (self.users["agent"], False))
        self.assertFalse(self._as("agent2", feedback).search([]))
        for values in ({"note": "x"}, {"note": " "}):
            about = draft if values["note"] == "x" else article
            with (
                self.subTest(values=values),
                self.assertRefused("you cannot see|Write down what is wrong"),
            ):
                Sent(feedback).create({"article_id": about.id, **values})
        with self.assertRefused("as they said it", row):
            trusted(row).with_context(water_trusted=True).write({"note": "y"})

    def test_never_used(self):
        used, unused = self._article("甲"), self._article("乙")
        self._inquiry(article_id=used.id)
        domain = [("is_published", "=", True), ("use_ids", "=", False)]
        self.assertEqual(self._as("quality", used).search(domain), unused)

    def test_another_company_has_its_own(self):
        theirs = self._article(publish=False)
        theirs.company_id = self.company2
        trusted(theirs).write({"is_published": True, "review_on": "2099-01-01"})
        self.assertFalse(self._as("agent", theirs).search([("id", "=", theirs.id)]))
        self.assertFalse(self._suggested("发黄"))
