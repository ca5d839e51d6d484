from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.water_compensation.compensation.tests.access_fixture import COMPENSATION_DIALOGS
from odoo.addons.water_compensation.compensation_scheme.tests.access_fixture import SCHEME_DIALOGS
from odoo.addons.water_complaints.appeal.tests.access_fixture import APPEAL_DIALOGS
from odoo.addons.water_complaints.archive.tests.access_fixture import ARCHIVE_DIALOGS
from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_complaints.investigation.tests.access_fixture import FACT_DIALOGS
from odoo.addons.water_complaints.registration.tests.access_fixture import REGISTER_DIALOGS
from odoo.addons.water_quality.service_quality.tests.access_fixture import QUALITY_DIALOGS
from odoo.addons.water_service_desk.base.tests.attempts import attempts
from odoo.addons.water_service_desk.base.tests.doors import Sent

from .access_fixture import DIALOGS, OTHER_DIALOGS, AccessFixture
from .access_fixture_request import REQUEST_DIALOGS
from .access_matrix import ROLES
from .approved import Approved

ALL_DIALOGS = {
    *DIALOGS,
    *OTHER_DIALOGS,
    *REQUEST_DIALOGS,
    *QUALITY_DIALOGS,
    *REGISTER_DIALOGS,
    *COMPENSATION_DIALOGS,
    *SCHEME_DIALOGS,
    *ARCHIVE_DIALOGS,
    *FACT_DIALOGS,
    *APPEAL_DIALOGS,
    "water.visit.change.wizard",
    "water.vexatious.wizard",
}
OUTSIDERS = ("plain", "portal1", "portal2", "public")


@tagged("post_install", "-at_install")
class TestAccess(Approved, AccessFixture, ComplaintCommon):
    """The access matrix, checked by really doing each thing as each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["public"] = cls.env.ref("base.public_user")
        cls._make_records()

    def _models(self):
        """Every model with a table that either addon defines, transient ones too."""
        return {
            name
            for name, model in self.env.registry.items()
            if name.startswith("water.") and not model._abstract
        }

    def _passes(self, call):
        try:
            with self.tried.attempt():
                call()
        except (MissingError, ValidationError):
            raise  # the fixture is wrong: this is no refusal
        except UserError:
            return False
        return True

    def _own_dialog(self, login, model):
        """Letters for a dialog opened by ``login``."""
        values = self.creates[model, "other"]
        if not self._passes(lambda: Sent(self._as(login, self.env[model])).create(dict(values))):
            return ""
        with self.env.cr.savepoint() as savepoint:
            record = Sent(self._as(login, self.env[model])).create(dict(values))
            self.records[model, "own"] = record
            self.creates[model, "own"] = values
            with attempts(self.env) as self.tried:
                letters = self._can(login, model, "own")
            savepoint.rollback()
        return letters

    def test_matrix(self):
        """Exactly the approved calls succeed, by each role with each record of the fixture."""
        dialogs, lines = ALL_DIALOGS, []
        for model, situation in sorted({*self.records, *((name, "own") for name in dialogs)}):
            cells = {}
            for login in ROLES:
                with attempts(self.env) as self.tried:
                    if model in dialogs and situation == "own":
                        letters = self._own_dialog(login, model)
                    else:
                        letters = self._can(login, model, situation)
                if model in dialogs and self._names_closed(login, model):
                    self.assertFalse(letters, (model, situation, login))
                    letters = self._rights(login, model, situation)
                if letters:
                    cells.setdefault(letters, []).append(login)
            rights = "; ".join(f"{letters} {','.join(roles)}" for letters, roles in cells.items())
            lines.append(f"{model} {situation}: {rights or '-'}")
        self.assertApproved("access", lines)

    def _rights(self, login, model, situation):
        """Letters that a role has for dialogs of its own, when that of the fixture is refused."""
        mine = self._as(login, self.env[model])
        names = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
        has = "".join(letter for letter, name in names.items() if mine.has_access(name))
        return has if situation == "own" else has and "c"

    def _names_closed(self, login, model):
        """Whether the dialog of the fixture is about a record that ``login`` may not read."""
        for name, value in self.creates[model, "other"].items():
            field = self.env[model]._fields[name]
            if field.type == "reference":
                comodel, _comma, number = value.partition(",")
                named = self.env[comodel].browse(int(number))
            elif field.type in ("many2one", "many2many"):
                named = self.env[model].new({name: value})[name]._origin
            else:
                continue
            if named._name.startswith("water.") and not self._as(login, named).has_access("read"):
                return True
        return False

    def test_no_model_is_forgotten(self):
        """A new model must take its place in the fixture, and with it in the matrix."""
        self.assertEqual(self._models(), {*ALL_DIALOGS, *(model for model, _ in self.records)})

    @mute_logger("odoo.sql_db")
    def test_outsiders_get_nothing(self):
        """Outsiders are refused or get no data in every way of asking."""
        with attempts(self.env) as self.tried:
            for model in self._models():
                for login in OUTSIDERS:
                    mine = self._as(login, self.env[model])
                    for name, call in (
                        ("search", lambda mine=mine: mine.search([])),
                        ("search_count", lambda mine=mine: mine.search_count([])),
                        ("search_read", lambda mine=mine: mine.search_read([], ["id"])),
                        ("name_search", lambda mine=mine: mine.name_search("")),
                        (
                            "formatted_read_group",
                            lambda mine=mine: mine.formatted_read_group([], [], ["__count"]),
                        ),
                        (
                            "web_search_read",
                            lambda mine=mine: mine.web_search_read([], {"id": {}})["records"],
                        ),
                        ("export", lambda mine=mine: mine.export_data(["id"])["datas"]),
                        ("create", lambda mine=mine: mine.create({})),
                        ("name_create", lambda mine=mine: mine.name_create("x")),
                        ("load", lambda mine=mine: mine.load(["id"], [["x"]])["ids"]),
                    ):
                        with self.subTest(model=model, login=login, way=name):
                            self.assertNothing(call)

    def assertNothing(self, call):
        """``call`` is refused, or its answer is empty (a count of none included)."""
        try:
            with self.tried.attempt(keep=True):
                answer = call()
        except UserError:
            return
        if isinstance(answer, list) and answer and isinstance(answer[0], dict):
            answer = any(row.get("__count", True) for row in answer)
        self.assertFalse(answer)

    def test_portal_customer_and_his_own_case(self):
        """Customers reach even their own case only through the portal's pages."""
        case = self.records["water.complaint", "own"]
        self.assertEqual(case.partner_id, self.users["portal1"].partner_id)
        mine = self._as("portal1", case)
        for name, call in (
            ("post", lambda: mine.message_post(body="x")),
            ("read", lambda: mine.read(["subject"])),
            ("web_read", lambda: mine.web_read({"subject": {}})),
            ("copy", lambda: mine.copy()),
            ("verify", mine.action_verify_events),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                call()
        case.message_subscribe(partner_ids=case.partner_id.ids)
        with self.assertRaises(AccessError):  # following does not open it either
            mine.read(["subject"])

    def test_children_are_not_reached_through_others(self):
        """Dotted searches and groupings do not lead to cases that are out of sight."""
        case = self.records["water.complaint", "restricted"]
        mine = self._as("agent", self.env["water.complaint"])
        for domain in (
            [("id", "=", case.id)],
            [("event_ids.complaint_id", "=", case.id)],
            [("deadline_ids", "in", self.records["water.deadline", "restricted"].ids)],
            [("notice_ids", "any", [("subject", "=", "x")]), ("is_restricted", "=", True)],
            [("name", "=", case.name)],
        ):
            with self.subTest(domain=domain):
                self.assertNotIn(case, mine.search(domain))
                self.assertNotIn(
                    case.id, [group["id:max"] for group in self._grouped(mine, domain)]
                )

    def _grouped(self, model, domain):
        return model.formatted_read_group(domain, ["state"], ["id:max"])
