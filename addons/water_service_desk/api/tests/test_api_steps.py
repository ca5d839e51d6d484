"""What customers do in an app: appointments, documents, files, messages, answers."""

import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, MissingError
from odoo.tests import tagged

from ...base.tests import acts
from ...intake.filing import FilingError, WrongStateError
from ...intake.tests.upload_samples import PNG
from .common import ApiCommon


@tagged("post_install", "-at_install")
class TestApiSteps(ApiCommon):
    def submit(self, **values):
        """File a repair for a customer of the channel; the case."""
        receipt = self.api.submit(
            {
                "external_id": "wx-1",
                "kind": "request",
                "category": "LK03",
                "description": "表箱漏水",
                "address": "东城路8号",
                "customer": {"reference": "openid-1", "name": "王芳", "phone": "13700001111"},
                **values,
            }
        )
        return self.env["water.request"].search([("name", "=", receipt["number"])])

    def visit(self, case):
        begin = fields.Datetime.now() + timedelta(days=4)
        return acts.plan_visit(case, self.net, begin, begin + timedelta(hours=2)).with_env(self.env)

    def test_appointments(self):
        """Confirmed once, moved to a window that is offered, cancelled with a reason."""
        visit = self.visit(self.submit())
        row = self.api.appointments("wx-1")[0]
        self.assertEqual((row["id"], row["state"]), (visit.id, "planned"))
        self.assertTrue(row["begin"].endswith("Z") and row["windows"])
        for _twice in range(2):
            rows = self.api.appointment("wx-1", visit.id, "confirm", step_id="s-1")
        self.assertEqual(rows[0]["state"], "confirmed")
        with self.assertRaises(FilingError):
            self.api.appointment("wx-1", visit.id, "move", {"window": "2020-01-01T00:00:00Z"})
        window = row["windows"][-1]["begin"]
        values = {"window": window, "reason": "出差"}
        moved = self.api.appointment("wx-1", visit.id, "move", values)[0]
        self.assertEqual(moved["begin"], window)
        gone = self.api.appointment("wx-1", visit.id, "cancel", {"reason": "已修好"})[0]
        self.assertEqual(gone["state"], "cancelled")
        with self.assertRaises(WrongStateError):
            self.api.appointment("wx-1", visit.id, "confirm")

    def test_unlisted_values(self):
        """An id of no appointment of the case is wrong input; the case has not moved on."""
        self.visit(self.submit())
        other = self.visit(self.submit(external_id="wx-2"))
        for wrong in (None, True, "x", [], {"id": 1}, 1e30, -1, 0, 10**6, other.id):
            with self.subTest(wrong), self.assertRaises(FilingError) as caught:
                self.api.appointment("wx-1", wrong, "confirm")
            self.assertEqual(set(caught.exception.errors), {"appointment"})
        self.assertEqual(other.state, "planned")

    def test_a_number_given_twice(self):
        """A step under the number of another one is refused: it was answered as done, and lost."""
        visit, other = self.visit(self.submit()), self.visit(self.submit(external_id="wx-2"))
        self.api.append("wx-1", "请先打电话", message_id="1")
        self.api.append("wx-1", "请先打电话", message_id="1")
        self.api.appointment("wx-1", visit.id, "confirm", step_id="2")
        cancel = {"reason": "已修好"}
        for number in ("1", "2"):
            for case, row in (("wx-1", visit), ("wx-2", other)):
                with self.subTest(number=number, case=case):
                    with self.assertRaises(FilingError) as caught:
                        self.api.appointment(case, row.id, "cancel", cancel, step_id=number)
                    self.assertEqual(set(caught.exception.errors), {"step_id"})
        with self.assertRaises(FilingError) as caught:
            self.api.append("wx-1", "不用来了", message_id="2")
        self.assertEqual(set(caught.exception.errors), {"message_id"})
        self.api.appointment("wx-1", visit.id, "cancel", cancel, step_id="3")
        self.assertEqual(visit.state, "cancelled")

    def test_files(self):
        """Files open to the customer, and no others of the case."""
        case = self.submit(files=[{"name": "a.png", "content": base64.b64encode(PNG).decode()}])
        inside = self.env["ir.attachment"].create(
            {"name": "note.txt", "raw": b"x", "res_model": case._name, "res_id": case.id}
        )
        (row,) = self.api.files("wx-1")
        self.assertEqual((row["name"], row["mimetype"]), ("a.png", "image/png"))
        content = base64.b64decode(self.api.file("wx-1", row["id"])["content"])
        self.assertEqual(len(content), row["size"])
        for wrong in (inside.id, "x", None, -1):
            with self.assertRaises(MissingError):
                self.api.file("wx-1", wrong)

    def test_missing_records(self):
        """Unknown steps of a case type are refused; other channels see nothing."""
        self.submit()
        self.assertEqual(self.api.materials("wx-1"), [])
        with self.assertRaises(WrongStateError):
            self.api.material("wx-1", 1, [{"name": "a", "content": ""}])
        self.machine.water_channel_ids = self._channel("app")
        for method in ("appointments", "materials", "files"):
            with self.assertRaises(MissingError):
                getattr(self.api, method)("wx-1")
        agent = self.env["water.api"].with_user(self.users["agent"])
        with self.assertRaises(AccessError):
            agent.files("wx-1")

    def test_words(self):
        """Each state of each kind has its words, in the language that is asked for."""
        words = self.api.with_context(lang="en_US").states()
        known = {(row["kind"], row["state"]): row["name"] for row in words["states"]}
        for kind, model in self.api._kinds().items():
            states = {state for state, _label in self.env[model]._fields["state"].selection}
            told = {state for name, state in known if name == kind}
            self.assertLessEqual(told, states)
        self.assertEqual(known["inquiry", "answered"], "Answered")
        self.assertIn("visit_changed", [row["event"] for row in words["events"]])

    def test_articles_and_guides(self):
        """Published articles are found, drafts are not."""
        article = self.env["water.article"].search([("state", "=", "published")], limit=1)
        titles = [row["title"] for row in self.api.articles()]
        self.assertEqual(article.name in titles, bool(article and article.customer_text))
        for row in self.api.guides():
            self.assertLessEqual({"title", "materials", "fees", "promised_days"}, row.keys())
