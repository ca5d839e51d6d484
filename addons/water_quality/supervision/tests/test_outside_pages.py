import io
from contextlib import suppress
from unittest.mock import patch

from PIL import Image

from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.water_service_desk.intake.filing import FilingError

from ...service_quality.tests.common import QualityCommon


def photo():
    """A small picture, as a telephone sends it."""
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "blue").save(stream, "JPEG")
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestOutsidePages(QualityCommon, HttpCase):
    """Social supervisors and mystery visitors see only what they were given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsider, cls.stranger = (
            new_test_user(cls.env, login, "base.group_portal", name=name, email=f"{login}@x.test")
            for login, name in (("outsider", "周督"), ("stranger", "吴外"))
        )
        cls.zone = cls.env["water.zone"].create({"name": "监督区", "code": "SV1"})
        today = cls.company._water_today()
        cls.social = cls.env["water.social.supervisor"].create(
            {
                "partner_id": cls.outsider.partner_id.id,
                "starts_on": today.replace(month=1, day=1),
                "ends_on": today.replace(month=12, day=31),
                "zone_ids": [(4, cls.zone.id)],
            }
        )

    def _post(self, path, values, files=None):
        values = {**values, "csrf_token": Request.csrf_token(self)}
        return self.url_open(path, data=values, files=files, allow_redirects=True)

    # -- observations -------------------------------------------------------------------------

    def test_observation_from_form_to_answer(self):
        self.authenticate("outsider", "outsider")
        self.assertIn("监督区", self.url_open("/my/observations/new").text)
        refused = self._post("/my/observations/new", {"description": " ", "place": "东城营业厅"})
        self.assertEqual(refused.status_code, 422)
        self.assertIn("东城营业厅", refused.text, "nothing typed is lost")
        sent = {
            "description": "柜台无人值守\n第二行",
            "place": "东城营业厅",
            "zone_id": str(self.zone.id),
            "submission_key": "k-1",
        }
        files = [("files", ("a.jpg", photo(), "image/jpeg"))]
        page = self._post("/my/observations/new", sent, files)
        self.assertEqual(page.status_code, 200)
        again = self._post("/my/observations/new", sent)
        self.assertEqual(page.url, again.url, "sent twice, kept once")
        finding = self.env["water.supervision.finding"].search(
            [("supervisor_id", "=", self.social.id)]
        )
        self.assertEqual(
            (finding.subject, finding.source, finding.zone_id),
            ("柜台无人值守", "social", self.zone),
        )
        self.assertEqual(
            self.env["ir.attachment"].search_count(
                [("res_model", "=", finding._name), ("res_id", "=", finding.id)]
            ),
            1,
        )
        self.authenticate("stranger", "stranger")
        self.assertEqual(self.url_open(page.url).status_code, 404)
        self.assertEqual(self.url_open("/my/observations/new").status_code, 404)

    def test_answer_reaches_the_supervisor_once_it_is_checked(self):
        rows = self.env["water.supervision.finding"].with_user(self.outsider)
        finding = rows._portal_submit({"description": "水表井盖缺失"}, []).with_env(self.env)
        finding.owner_id = self.users["agent"]
        self._as("agent", finding).answer = "内部答复"
        self._as("agent", finding).action_answer()
        self.authenticate("outsider", "outsider")
        url = f"/my/observations/{finding.id}"
        self.assertNotIn("内部答复", self.url_open(url).text, "not before it is checked")
        self._as("quality", finding).action_reply()
        self.assertIn("内部答复", self.url_open(url).text)
        mail = self.env["mail.mail"].search([("model", "=", finding._name)])
        self.assertIn(self.outsider.partner_id, mail.recipient_ids)

    def test_twin_that_was_faster(self):
        """The same form twice at once: the request is retried without duplicates."""
        rows = self.env["water.supervision.finding"].with_user(self.outsider)
        params = {"description": "井盖松动", "submission_key": "k-2"}
        first = rows._portal_submit(params, [])
        self.assertEqual(rows._portal_submit(params, []), first)
        unseen = patch.object(type(rows), "_portal_search", lambda rows, *_a, **_o: rows.browse())
        with unseen, self.assertRaises(ConcurrencyError):
            rows._portal_submit(params, [])
        mine = [("supervisor_id", "=", self.social.id), ("submission_key", "=", "k-2")]
        self.assertEqual(self.env["water.supervision.finding"].search_count(mine), 1)

    def test_term_is_over(self):
        self.social.ends_on = self.social.starts_on
        self.social.starts_on = self.social.ends_on
        rows = self.env["water.supervision.finding"].with_user(self.outsider)
        with self.assertRaisesRegex(AccessError, "in office"):
            rows._portal_submit({"description": "x"}, [])
        self.assertFalse(self.social.is_serving)
        self.assertNotIn(
            self.social, self.env["water.social.supervisor"].search([("is_serving", "=", True)])
        )

    def test_no_staff_and_no_duplicates(self):
        term = {"starts_on": self.social.starts_on, "ends_on": self.social.ends_on}
        rows = self.env["water.social.supervisor"]
        with self.assertRaisesRegex(ValidationError, "cannot be a member of staff"):
            rows.create({**term, "partner_id": self.users["agent"].partner_id.id})
        with self.assertRaisesRegex(ValidationError, "appointed for these days"):
            rows.create({**term, "partner_id": self.outsider.partner_id.id})

    # -- mystery visits -----------------------------------------------------------------------

    def _visit(self):
        visit = self._inspection(visitor_id=self.outsider.partner_id.id, visit_until="2026-12-30")
        self._as("quality", visit).action_give_out()
        return visit

    def test_visit_is_filled_in_by_the_visitor_alone(self):
        visit = self._visit()
        line = visit.line_ids[0]
        with self.assertRaisesRegex(AccessError, "visitor from outside"):
            self._as("quality", line).rating = "full"
        with self.assertRaisesRegex(UserError, "not handed it in"):
            self._as("quality", visit).action_finish()
        self.authenticate("outsider", "outsider")
        url = f"/my/mystery-visits/{visit.id}"
        self.assertIn(visit.name, self.url_open("/my/mystery-visits").text)
        lines = visit.line_ids
        values = {f"rating_{line.id}": "full" for line in lines[:2]} | {"words": "很热情"}
        files = [("files", ("a.jpg", photo(), "image/jpeg"))]
        kept = self._post(url, {**values, "act": "send"}, files)
        self.assertEqual(kept.status_code, 422, "an item is open")
        self.assertEqual(lines[:2].mapped("rating"), ["full", "full"], "what was written is kept")
        self.assertEqual(visit.visit_note, "很热情")
        values |= {f"rating_{lines[2].id}": "none", f"note_{lines[2].id}": "说了禁用语"}
        self.assertEqual(self._post(url, {**values, "act": "send"}).status_code, 200)
        self.assertTrue(visit.handed_in_at)
        self.assertEqual(self._post(url, {**values, "act": "keep"}).status_code, 409)
        self._as("quality", visit).action_finish()
        self.assertEqual((visit.state, visit.is_passed), ("done", False))
        self.assertEqual(self.url_open(url).status_code, 404, "settled: not his any more")

    def test_visit_given_back_to_the_visitor(self):
        visit = self._visit()
        with self.assertRaisesRegex(UserError, "what to add"):
            self._as("quality", visit).action_ask_more()
        rows = visit.with_user(self.outsider).sudo()
        params = {f"rating_{line.id}": "full" for line in visit.line_ids}
        rows._portal_fill(params, [])
        rows._portal_hand_in()
        self._as("quality", visit).return_reason = "几点到的?"
        self._as("quality", visit).action_ask_more()
        self.assertFalse(visit.handed_in_at)
        rows._portal_hand_in()
        self.assertTrue(visit.handed_in_at)
        with self.assertRaisesRegex(UserError, "what was seen stays"):
            self._as("quality", visit).action_take_back()

    def test_submission_stays(self):
        """Asked for more, given out anew or dropped: it never becomes the staff's to write."""
        for begin in ("action_ask_more", "action_give_out"):
            visit = self._visit()
            rows = visit.with_user(self.outsider).sudo()
            params = {f"rating_{line.id}": "none" for line in visit.line_ids}
            params |= {f"note_{line.id}": "没人理" for line in visit.line_ids}
            rows._portal_fill(params, [])
            rows._portal_hand_in()
            keeper = self._as("quality", visit)
            with self.assertRaisesRegex(UserError, "what was seen stays"):
                keeper.action_drop()
            keeper.return_reason = "几点到的?"
            with suppress(UserError):
                getattr(keeper, begin)()
            with self.assertRaisesRegex(UserError, "what was seen stays"):
                keeper.action_take_back()
            with self.assertRaisesRegex(AccessError, "visitor from outside"):
                self._as("quality", visit.line_ids[0]).rating = "full"
            keeper.action_finish()  # a silent recipient delays no one
            self.assertFalse(visit.is_passed)

    def test_files_are_counted_over_all_that_was_sent(self):
        visit = self._visit()
        self.company.water_upload_max_files = 1
        rows = visit.with_user(self.outsider).sudo()
        rows._portal_fill({}, [("a.jpg", io.BytesIO(photo()))])
        with self.assertRaisesRegex(FilingError, "at most 1 files"):
            rows._portal_fill({}, [("b.jpg", io.BytesIO(photo()))])
        self.assertEqual(len(visit._visit_files()), 1)

    def test_others_see_no_visit(self):
        visit = self._visit()
        self.authenticate("stranger", "stranger")
        self.assertEqual(self.url_open(f"/my/mystery-visits/{visit.id}").status_code, 404)
        self.assertNotIn(visit.name, self.url_open("/my/mystery-visits").text)

    def test_rubbish_is_no_rating(self):
        visit = self._visit()
        met = visit.line_ids.filtered(lambda line: line.scale == "met")
        rows = visit.with_user(self.outsider).sudo()
        rows._portal_fill({f"rating_{met.id}": "partly", f"note_{met.id}": "a\x00b"}, [])
        self.assertFalse(met.rating)
        self.assertEqual(met.note, "ab")

    def test_visitor_is_not_staff(self):
        with self.assertRaisesRegex(ValidationError, "cannot be made by staff"):
            self._inspection(visitor_id=self.users["agent"].partner_id.id)
