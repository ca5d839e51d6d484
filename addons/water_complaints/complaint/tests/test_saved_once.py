"""A form of the staff that is saved again after a fault makes no second case."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.water_service_desk.base.tests.doors import Sent

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestSavedOnce(ComplaintCommon):
    def _values(self, model):
        """The web client's values of a new form, as proposed by the server."""
        cases = self._as("agent", self.env[model])
        spec = {"form_key": {}, "subject": {}}
        key = cases.onchange({}, [], spec)["value"]["form_key"]
        make = {
            "water.inquiry": self._inquiry_values,
            "water.request": self._request_values,
            "water.complaint": self._complaint_values,
        }
        return cases, {**make[model](), "form_key": key}

    def test_saved_again(self):
        for model in ("water.inquiry", "water.request", "water.complaint"):
            with self.subTest(model):
                cases, values = self._values(model)
                [saved] = cases.web_save(values, {"name": {}})
                before = self.env[model].search_count([])
                with self.assertRaisesRegex(UserError, saved["name"]):
                    cases.web_save(values, {"name": {}})
                self.assertEqual(self.env[model].search_count([]), before)
                _cases, other = self._values(model)
                self.assertNotEqual(cases.web_save(other, {"name": {}})[0]["name"], saved["name"])

    def test_the_form_has_it(self):
        """It belongs to the form, not to a customer; another form's key reveals nothing."""
        cases, values = self._values("water.inquiry")
        case = cases.create(values)
        self.assertTrue(case.sudo().submission_key.endswith(values["form_key"]))
        self._as("agent2", cases).create(values)
        for model in ("water.inquiry", "water.request", "water.complaint"):
            self.assertTrue(Form(self._as("agent", self.env[model])).form_key, model)

    def test_submission_without_form(self):
        """A sign that no database keeps ended in a fault of the server, before it was refused."""
        cases, values = self._values("water.inquiry")
        for key in (["x"], {"a": 1}, 5, "x'--", "x" * 65):
            with self.subTest(key):
                self.assertFalse(cases._staff_key({**values, "form_key": key}))
        with self.assertRaisesRegex(ValidationError, "not possible here"):
            Sent(cases).create({**values, "form_key": "a\0b"})

    def test_no_form_no_key(self):
        self.assertFalse(self._inquiry().submission_key)
