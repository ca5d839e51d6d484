"""A record of every model in every situation, and what a user would do with it."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError

from odoo.addons.water_compensation.compensation.tests.access_fixture import CompensationFixture
from odoo.addons.water_compensation.compensation_scheme.tests.access_fixture import SchemeFixture
from odoo.addons.water_complaints.appeal.tests.access_fixture import AppealFixture
from odoo.addons.water_complaints.archive.tests.access_fixture import ArchiveFixture
from odoo.addons.water_complaints.incident.tests.access_fixture import IncidentFixture
from odoo.addons.water_complaints.investigation.tests.access_fixture import FactFixture
from odoo.addons.water_complaints.registration.tests.access_fixture import RegisterFixture
from odoo.addons.water_quality.assessment.tests.access_fixture import AssessmentFixture
from odoo.addons.water_quality.kpi.tests.access_fixture import KpiFixture
from odoo.addons.water_quality.problem.tests.access_fixture import ProblemFixture
from odoo.addons.water_quality.satisfaction_survey.tests.access_fixture import SurveyFixture
from odoo.addons.water_quality.service_quality.tests.access_fixture import QualityFixture
from odoo.addons.water_quality.supervision.tests.access_fixture import SupervisionFixture
from odoo.addons.water_quality.training.tests.access_fixture import TrainingFixture
from odoo.addons.water_service_desk.base.tests.doors import Sent
from odoo.addons.water_service_desk.base.trust import trusted

from .access_fixture_article import ArticleFixture
from .access_fixture_beside import BesideFixture
from .access_fixture_call import CallFixture
from .access_fixture_delegate import DelegateFixture
from .access_fixture_door import DoorFixture
from .access_fixture_public import PublicFixture
from .access_fixture_request import RequestFixture

#: situation → (who registered the case, category, code of the department that has it)
SITUATIONS = {
    "own": ("agent", "bl02", "net"),
    "other": ("agent2", "bl02", "lab"),
    "restricted": ("agent2", "st04", "hr"),
    "machine": ("integration", "bl02", "csc"),
    "company": ("foreign", "bl02", "csc"),
}
CASES = {
    "water.complaint": "complaint_id",
    "water.inquiry": "inquiry_id",
    "water.request": "request_id",
}
#: case → what all users of it may write
CHANGES = {
    "water.complaint": {"plan": "x"},
    "water.inquiry": {"answer": "x"},
    "water.request": {"result": "x"},
}
#: dialog → values beside the cases it is about
DIALOGS = {
    "water.contact.wizard": {"note": "x"},
    "water.dispatch.wizard": {},
    "water.external.wizard": {"text": "x"},
    "water.callback.wizard": {"wished_at": "2099-01-01 00:00:00"},
    "water.deputy.wizard": {"until": "2099-01-01 00:00:00", "reason": "x"},
    "water.handover.wizard": {"reason": "x"},
    "water.breach.wizard": {"note": "x"},
    "water.pause.wizard": {"reason": "x"},
    "water.promise.wizard": {"text": "x", "due_at": "2099-01-01 00:00:00"},
    "water.replan.wizard": {"reason": "x"},
    "water.readback.wizard": {},
    "water.notice.wizard": {},
    "water.confirm.wizard": {},
    "water.end.wizard": {},
    "water.split.wizard": dict.fromkeys(
        ("subject", "description", "description_here", "reason"), "x"
    ),
    "water.batch.wizard": {},
    "water.news.wizard": {"text": "x"},
    "water.relation.wizard": {"number": "x", "place": "below"},
}
#: dialogs that are not about cases named in them
OTHER_DIALOGS = (
    "water.dispatch.reject.wizard",
    "water.call",
    "water.incident.wizard",
    "water.incident.wizard.line",
    "water.erasure.wizard",
    "water.package.wizard",
    "water.account.release.wizard",
    "water.anchor.wizard",
    "water.call.import.wizard",
    "water.table.import.wizard",
    "water.first.run.wizard",
    "water.refusal.wizard",
    "water.split.line",
    "water.batch.line",
)
#: a row of the privacy log
LOOK = {"kind": "reveal", "model": "water.complaint"}
#: the clock of a standard without other promises
CLOCK = (0, 0, {"kind": "plan", "amount": 1})


class AccessFixture(
    AppealFixture,
    ArchiveFixture,
    ArticleFixture,
    AssessmentFixture,
    BesideFixture,
    CallFixture,
    CompensationFixture,
    DelegateFixture,
    DoorFixture,
    FactFixture,
    IncidentFixture,
    KpiFixture,
    ProblemFixture,
    PublicFixture,
    QualityFixture,
    RequestFixture,
    SchemeFixture,
    RegisterFixture,
    SupervisionFixture,
    SurveyFixture,
    TrainingFixture,
):
    """Builds the records of the access matrix; mixed into a test case of complaints."""

    second_company = True

    @classmethod
    def _make_records(cls):
        """{(model, situation): record}, {(model, situation): values to create another}."""
        cls._refuse_in_few_words()
        cls.records, cls.creates, cls.writes = {}, {}, {}
        for situation in SITUATIONS:
            for model in CASES:
                cls._make_case(model, situation)
            cls._make_children(situation)
        cls._make_master_data()
        cls._make_call_data()
        cls._make_guides()
        cls._make_articles()
        cls._make_public()
        cls._make_dialogs()
        cls._make_appeal_dialogs()
        cls._make_request_dialogs()
        cls._make_incidents()
        cls._make_quality()
        cls._make_register()
        cls._make_delegates()
        cls._make_doors()
        cls._make_compensation_setup()
        cls._make_schemes()
        cls._make_archives()
        cls._make_facts()
        cls._make_figures()
        cls._make_trainings()
        cls._make_problems()
        cls._make_assessments()
        cls._make_supervision()
        cls._make_surveys()

    @classmethod
    def _keep(cls, model, situation, record, values, change):
        cls.records[model, situation] = record.with_env(cls.env)
        cls.creates[model, situation] = values
        cls.writes[model] = change

    @classmethod
    def _make_case(cls, model, situation):
        login, category, _department = SITUATIONS[situation]
        make = getattr(cls, f"_{model.removeprefix('water.')}_values")
        company = cls.company2 if situation == "company" else cls.company
        values = make(
            category_id=cls._category(category).id,
            company_id=company.id,
            partner_id=(cls.customer if situation == "own" else cls.customer2).id,
        )
        case = cls._at_door(login, cls.env[model]).create(dict(values))
        cls._keep(model, situation, case, values, CHANGES[model])

    @classmethod
    def _make_children(cls, situation):
        """Records of a complaint; those of inquiries are in ``test_inquiry_flow``."""
        case = cls.records["water.complaint", situation]
        inquiry = cls.records["water.inquiry", situation]
        department = cls.env.ref(f"water_service_desk.department_{SITUATIONS[situation][2]}")
        for model, values, change in cls._children_of(case, department):
            row = trusted(cls.env[model]).create(dict(values))
            cls._keep(model, situation, row, values, change)
        cls._make_clock_rows(situation)
        cls._make_appeals(situation)
        cls._make_article_use(situation, {"complaint_id": case.id})
        cls._make_compensations(situation, case)
        cls._make_scheme_rows(situation, case)
        cls._make_request_children(situation, department)
        trusted(cls.env["water.dispatch"]).create(
            {
                "inquiry_id": inquiry.id,
                "company_id": inquiry.company_id.id,
                "department_id": department.id,
            }
        )
        values = {"callback_id": cls.records["water.callback", situation].id, "result": "busy"}
        attempt = cls.env["water.callback.attempt"].create(dict(values))
        cls._keep("water.callback.attempt", situation, attempt, values, {"note": "x"})
        cls._make_answer(situation)

    @classmethod
    def _children_of(cls, case, department):
        """Model, values and a change of each kind of row that belongs to a complaint."""
        now = fields.Datetime.now()
        link = {"complaint_id": case.id, "company_id": case.company_id.id}
        event = {"complaint_id": case.id, "kind": "contacted", "at": now, "digest": "x"}
        event["user_id"] = cls.env.uid
        message = {**link, "subject": "x", "medium": "sms", "address": "13812345678"}
        return (
            ("water.dispatch", {**link, "department_id": department.id}, {"result": "x"}),
            ("water.callback", link, {"remark": "x"}),
            (
                "water.deadline",
                {"complaint_id": case.id, "kind": "promise", "started_at": now, "due_at": now},
                {"due_at": now},
            ),
            ("water.case.event", event, {"payload": {}}),
            (
                "water.notice",
                {"complaint_id": case.id, "subject": "x", "body": "x"},
                {"subject": "y"},
            ),
            ("water.message", message, {"subject": "y"}),
            *cls._parts_of(case, link),
            ("water.privacy.log", {**link, **LOOK, "user_id": cls.env.uid}, {"note": "y"}),
        )

    @classmethod
    def _make_clock_rows(cls, situation):
        """A pause that was asked for, and a step of the ladder that was told."""
        now = fields.Datetime.now()
        about = {"deadline_id": cls.records["water.deadline", situation].id}
        step = cls.env.ref("water_service_desk.escalation_due")
        asked = {"kind": "extension", "reason": "x", "requested_at": now, "amount": 1}
        asked["unit"] = "working_day"
        told = {**about, "step_id": step.id, "at": now}
        for model, values, user, change in (
            ("water.deadline.pause", {**about, **asked}, "requested_by_id", {"reason": "y"}),
            ("water.escalation.notice", told, "user_id", {"at": now}),
        ):
            row = trusted(cls.env[model]).create({**values, user: cls.users["agent"].id})
            another = {**values, user: cls.users["agent2"].id}
            cls._keep(model, situation, row, another, change)

    @classmethod
    def _make_master_data(cls):
        account = {"partner_id": cls.customer.id, "address": "x"}
        standard = {"name": "T", "case_model": "water.inquiry", "line_ids": [CLOCK]}
        step = {"name": "T", "moment": "due", "recipient": "handler"}
        gateway = {"name": "T", "url": "https://sms.example.com/"}
        without_code = ("water.escalation.step", "water.gateway", "water.sign.rule")
        for model, values, change in (
            ("water.account", account, {"address": "y"}),
            ("water.zone", {"name": "T"}, {"name": "y"}),
            ("water.department", {"name": "T"}, {"name": "y"}),
            ("water.standard", standard, {"name": "y"}),
            ("water.escalation.step", step, {"name": "y"}),
            ("water.gateway", gateway, {"name": "y"}),
            ("water.sign.rule", {"name": "T", "active": False}, {"name": "y"}),
        ):
            for situation, company in (("own", cls.company), ("company", cls.company2)):
                values = {**values, "company_id": company.id}
                another = dict(values)
                if model not in without_code:
                    values["code"], another["code"] = f"T-{situation}", "T-new"
                row = cls.env[model].create(dict(values))
                cls._keep(model, situation, row, another, change)
        cls._make_holders()
        cls._make_queues()
        cls._make_shared_data()

    @classmethod
    def _make_holders(cls):
        """Former holders of the accounts of both companies."""
        for situation in ("own", "company"):
            account = cls.records["water.account", situation]
            values = {
                "account_id": account.id,
                "partner_id": cls.customer.id,
                "until": "2026-01-01 00:00:00",
            }
            row = trusted(cls.env["water.account.holder"]).create(dict(values))
            change = {"until": "2026-01-02 00:00:00"}
            cls._keep("water.account.holder", situation, row, values, change)

    @classmethod
    def _make_shared_data(cls):
        """Clocks of standards, and configuration that all companies share."""
        for situation in ("own", "company"):
            standard = cls.records["water.standard", situation]
            values = {"standard_id": standard.id, "kind": "close", "amount": 1}
            line = cls.env["water.standard.line"].create(dict(values))
            cls._keep("water.standard.line", situation, line, values, {"amount": 2})
        for model, values, another in (
            ("water.category", {"name": "T", "code": "T-1"}, {"name": "T", "code": "T-2"}),
            ("water.customer.flag", {"name": "T", "code": "T-1"}, {"name": "T", "code": "T-2"}),
            ("water.channel", {"name": "T", "code": "T-1"}, {"name": "T", "code": "T-2"}),
            (
                "water.stage",
                {"name": "T", "model": "water.inquiry", "state": "closed"},
                {"name": "U", "model": "water.inquiry", "state": "closed"},
            ),
            (
                "water.calendar.day",
                {"name": "T", "date": "2026-03-12"},
                {"name": "T", "date": "2027-03-13"},  # without own work due
            ),
        ):
            row = cls.env[model].create(dict(values))
            cls._keep(model, "own", row, another, {"name": "y"})
        item = cls.env.ref("water_service_desk.home_inquiry").copy()
        cls._keep("water.home.item", "own", item, item.copy_data()[0], {"name": "y"})
        values = {"company_id": cls.company.id, "counted_at": fields.Datetime.now(), "figures": {}}
        counts = trusted(cls.env["water.home.count"])
        row = counts.create({**values, "user_id": cls.users["agent"].id})
        another = {**values, "user_id": cls.users["agent2"].id}
        cls._keep("water.home.count", "own", row, another, {"figures": {"x": 1}})

    @classmethod
    def _make_dialogs(cls):
        """Dialogs about the own complaint; ``other`` is another user's open dialog."""
        case = cls.records["water.complaint", "own"]
        about = {"case_model": case._name, "case_ids": case.ids}
        more = {
            "water.dispatch.wizard": {"department_id": cls.net.id},
            "water.handover.wizard": {"user_id": cls.users["agent2"].id},
            "water.deputy.wizard": {"user_id": cls.users["agent2"].id},
            "water.split.wizard": {"category_id": case.category_id.id},
        }
        for model, values in DIALOGS.items():
            values = {**about, **values, **more.get(model, {})}
            change = {"note": "y"} if model == "water.contact.wizard" else {"case_ids": case.ids}
            cls._keep(model, "other", cls.env[model].create(dict(values)), values, change)
        dispatch = cls.records["water.dispatch", "own"]
        values = {"dispatch_ids": dispatch.ids, "reason": "x"}
        model = "water.dispatch.reject.wizard"
        cls._keep(model, "other", cls.env[model].create(dict(values)), values, {"reason": "y"})
        erasure = {"model": case._name, "record_ids": case.ids, "reason": "x"}
        model = "water.erasure.wizard"
        cls._keep(model, "other", cls.env[model].create(dict(erasure)), erasure, {"reason": "y"})
        package, model = {"partner_id": cls.customer.id, "note": "x"}, "water.package.wizard"
        cls._keep(model, "other", cls.env[model].create(dict(package)), package, {"note": "y"})
        model, change = "water.first.run.wizard", {"water_desk_head_id": cls.env.uid}
        cls._keep(model, "other", cls.env[model].create({}), {}, change)
        pause = cls.records["water.deadline.pause", "own"]
        refusal = {"record": f"{pause._name},{pause.id}", "reason": "x"}
        model = "water.refusal.wizard"
        cls._keep(model, "other", cls.env[model].create(dict(refusal)), refusal, {"reason": "y"})
        split = cls.records["water.split.wizard", "other"]
        model, line = "water.split.line", {"wizard_id": split.id, "kind": "words"}
        cls._keep(model, "other", cls.env[model].create(dict(line)), line, {"text": "y"})
        batch, model = cls.records["water.batch.wizard", "other"], "water.batch.line"
        line = {"wizard_id": batch.id, "case_id": case.id, "state": "ready"}
        cls._keep(model, "other", cls.env[model].create(dict(line)), line, {"fault": "y"})
        call = {"query": "x"}
        cls._keep("water.call", "other", cls.env["water.call"].create(call), call, {"query": "y"})

    @classmethod
    def _refuse_in_few_words(cls):
        """Whether something is refused is asked ten thousand times; Odoo's explanation is slow."""
        for model in ("ir.rule", "ir.model.access"):
            words = patch.object(
                cls.env.registry[model], "_make_access_error", lambda *_args: AccessError("No.")
            )
            cls.startClassPatcher(words)

    def _can(self, login, model, situation):
        """The letters of what ``login`` succeeds in doing, each tried and taken back."""
        mine = self._as(login, self.records[model, situation])
        values = self.creates[model, situation]
        tries = {
            "r": lambda: mine.read(["display_name"]),
            "w": lambda: mine.write(dict(self.writes[model])),
            "c": lambda: Sent(mine.browse()).create(dict(values)),
            "u": lambda: mine.unlink(),
        }
        return "".join(letter for letter, call in tries.items() if self._passes(call))

    def _passes(self, call):
        """Whether ``call`` is neither refused by access rights nor by a guard."""
        raise NotImplementedError
