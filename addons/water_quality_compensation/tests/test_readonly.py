from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_quality.service_quality.tests.common import QualityCommon
from odoo.addons.water_service_desk.base.trust import trusted

from .access_fixture import AccessFixture
from .access_matrix import expected

#: case → how the tests make one
CASES = {
    "water.complaint": "_complaint_values",
    "water.inquiry": "_inquiry_values",
    "water.request": "_request_values",
}
#: fields readonly on screen but writable: (model or "case", field) → reason
ALLOWED = {
    ("case", "state"): "moves along _transitions, which the case guards",
}
#: the same for new cases
ALLOWED_AT_BIRTH = {
    ("case", "received_at"): "an import or a desk that was away knows when it was received",
    ("case", "is_of_unproved"): "it only keeps words back, and its receipt goes out at birth",
}
#: fields moved by hand, of the records of the access tests
CHANGED = {("water.complaint", "state"), ("water.inquiry", "state"), ("water.request", "state")}


def _is_allowed(allowed, model, name):
    return (model, name) in allowed or ("case", name) in allowed


class ReadonlyTries:
    """Tries to write fields that no screen lets users edit."""

    def _readonly_fields(self, model):
        """The stored fields that no screen lets users edit, without Odoo's own log."""
        return [
            field
            for field in self.env[model]._fields.values()
            if field.readonly and field.store and field.name not in MAGIC_COLUMNS
        ]

    def _another_value(self, record, field):
        """A value of ``field`` that ``record`` does not have."""
        now = record.sudo()[field.name]
        if field.type == "boolean":
            return not now
        if field.type in ("integer", "float", "monetary"):
            return now + 7
        if field.type in ("date", "datetime"):
            return "2020-01-01"
        if field.type == "selection":
            return next(value for value in field.get_values(self.env) if value != now)
        if field.type in ("many2one", "many2many", "one2many"):
            other = self.env[field.comodel_name].sudo().search([("id", "not in", now.ids)], limit=1)
            return other.id if field.type == "many2one" else [Command.link(other.id)]
        return {"x": 1} if field.type == "json" else "x"

    def _is_refused(self, call):
        with self.env.cr.savepoint() as savepoint:
            try:
                call()
                self.env.flush_all()
            except (AccessError, UserError):
                return True
            finally:
                savepoint.rollback()
                self.env.invalidate_all()
        return False

    def _written(self, login, record):
        mine = self._as(login, record)
        return [
            field.name
            for field in self._readonly_fields(record._name)
            if not self._is_refused(
                lambda field=field: self._put(mine, field, self._another_value(record, field))
            )
        ]

    def _put(self, record, field, value):
        before = record.sudo()[field.name]
        record.write({field.name: value})
        if record.sudo()[field.name] == before:
            raise UserError("left aside")  # pylint: disable=translation-required


@tagged("post_install", "-at_install")
class TestReadonly(ReadonlyTries, QualityCommon):
    """Fields readonly in Odoo are protected against remote calls, not only on screen."""

    def _case(self, model, **values):
        cases = self._as("agent", self.env[model])
        return cases.create({**getattr(self, CASES[model])(), **values})

    def test_cases(self):
        """An agent cannot write readonly fields of a case."""
        for model in CASES:
            with self.subTest(model=model):
                written = self._written("agent", self._case(model))
                self.assertEqual([n for n in written if not _is_allowed(ALLOWED, model, n)], [])

    def test_new_cases(self):
        """Nor can a new case bring one along."""
        split = {"inquiry_id": self._case("water.inquiry").id, "user_id": self.env.uid}
        split |= {"at": "2026-03-01 00:00:00", "reason": "x"}
        trusted(self.env["water.case.split"]).create(split)  # one that could be brought along
        for model in CASES:
            sample, brought = self._case(model), []
            for field in self._readonly_fields(model):
                value = self._another_value(sample, field)
                found = {}

                def bring(name=field.name, value=value, found=found, model=model):
                    case = self._case(model, **{name: value})
                    found["kept"] = self._same(case.sudo()[name], value)

                if not self._is_refused(bring) and found["kept"]:
                    brought.append(field.name)
            with self.subTest(model=model):
                names = [n for n in brought if not _is_allowed(ALLOWED_AT_BIRTH, model, n)]
                self.assertEqual(names, [])

    def _same(self, kept, value):
        if isinstance(value, list):
            return value[0][1] in kept.ids
        return getattr(kept, "id", kept) == value or str(kept).startswith(f"{value} ")

    def test_inspection(self):
        """Score and result of an inspection follow from its items, for the inspector as well."""
        self.assertEqual(self._written("quality", self._rated("full", "none", "full")), [])

    def test_improvement(self):
        improvement = self.env["water.improvement"].create(
            {"subject": "培训", "owner_id": self.users["agent"].id}
        )
        self.assertEqual(self._written("quality", improvement), [])

    def test_buttons_move_cases(self):
        """The approved list of records of steps contains all readonly fields."""
        steps = self.env.registry["water.steps.mixin"]
        for name, model in self.env.registry.items():
            if issubclass(model, steps) and not model._abstract:
                with self.subTest(model=name):
                    shown = {field.name for field in self._readonly_fields(name)}
                    open_ = {
                        n
                        for n in shown - self.env[name]._readonly_fields()
                        if not _is_allowed(ALLOWED, name, n)
                    }
                    self.assertEqual(open_, set())

    def test_nothing_is_allowed_in_vain(self):
        """The lists above name fields that there are."""
        for model, name in {*ALLOWED, *ALLOWED_AT_BIRTH}:
            models = CASES if model == "case" else (model,)
            self.assertTrue(any(name in self.env[one]._fields for one in models), name)


@tagged("post_install", "-at_install")
class TestReadonlyEverywhere(ReadonlyTries, AccessFixture, ComplaintCommon):
    """The same for a record of every model in every situation and permitted user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_records()

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_editors_of_record(self):
        """Counts, dates, numbers and owners of records cannot be corrected by hand."""
        tried = set()
        for (model, situation), records in self.records.items():
            cells = expected().get(model, {}).get(situation, {})
            writers = [login for login in self.users if "w" in cells.get(login, "")]
            for login in writers if model.startswith("water.") else ():
                with self.subTest(model=model, situation=situation, login=login):
                    written = self._written(login, records[:1])
                    self.assertEqual([n for n in written if (model, n) not in CHANGED], [])
                tried.add(model)
        self.assertGreater(len(tried), 40)

    def test_initial_context(self):
        """Not by defaults of the caller's context."""
        articles = self.env["water.article"].with_user(self.users["quality"])
        begun = articles.with_context(default_self_service_count=900, default_name="x")
        article = begun.create({})
        self.assertEqual((article.name, article.self_service_count), ("x", 0))
        other = self.users["supervisor"].id
        keys = {"default_at": "2020-01-01", "default_done_by_id": other, "default_user_id": other}
        told = self.env["water.article.feedback"].with_user(self.users["quality"])
        said = {"article_id": article.id, "kind": "helped", "at": "2020-01-01", "is_done": True}
        row = told.with_context(default_is_done=True, **keys).create(said)
        self.assertEqual(row.at, fields.Datetime.now())
        self.assertEqual((row.user_id, row.is_done), (self.users["quality"], False))
        self.assertFalse(row.done_by_id)
        cases = self.env["water.complaint"].with_user(self.users["agent"])
        claims = cases.with_context(default_claimed_partner_id=self.customer.id)
        case = claims.create({**self._complaint_values(), "partner_id": False})
        self.assertFalse(case.sudo().claimed_partner_id)

    def test_new_records(self):
        """A new one brings none of it along either."""
        plans, articles = self.env["water.inspection.plan"], self.env["water.article"]
        about = self.env["water.inspection.template"].search([], limit=1)
        plan = self._as("quality", plans).create(
            {
                "name": "x",
                "template_id": about.id,
                "inspector_ids": [Command.link(self.users["quality"].id)],
                "last_month": "2026-03-01",
            }
        )
        brought = {"name": "x", "code": "K-77", "self_service_count": 900}
        article = self._as("quality", articles).create(brought)
        self.assertFalse(plan.last_month)
        self.assertEqual((article.code, article.self_service_count), ("K-77", 0))
        account = self.env["water.account"].with_user(self.users["agent"])
        mine = {"code": "K-77", "partner_id": self.customer.id, "address": "东城路8号"}
        account = account.create({**mine, "balance": -500, "balance_at": "2026-03-01"})
        self.assertEqual((account.sudo().balance, account.sudo().balance_at), (0, False))
