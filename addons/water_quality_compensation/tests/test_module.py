from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.files import Files
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.trust import trusted

from .access_fixture_call import CALL_CONFIGURATION
from .approved import Approved
from .public_records import GIVEN, MODULES, PublicRecords, is_ours, lines_of

#: shared by all companies, so that any manager may call it
OF_ALL = ("water.anchor", "water.calendar.day", "water.forbidden.phrase")
OF_ALL += ("water.setup",)  # of the own company
#: Configuration that all companies share: no rule tells its rows apart.
SHARED = {
    "water.alarm",  # figures of the system, for its administrators
    "water.anchor",  # keys and digests, of all companies
    "water.anchor.line",  # readable by no one
    "water.attempt",  # keyed hashes without a company
    "water.filing.draft",  # readable by no one
    "water.home.item",  # what a page shows; its rows have rules of their own
    "water.category",
    "water.customer.flag",
    "water.api.call",
    "water.channel",
    "water.stage",
    "water.calendar.day",
    "water.request.reason",
    "water.dispatch.reason",
    "water.cause",
    *CALL_CONFIGURATION,
    "water.forbidden.phrase",
    "water.skill",
    "water.compensation.profile",
    "water.compensation.exemption.code",
    "water.incident.kind",
}
DEPARTMENTS = "csc biz net lab dsp mtr eng sec fin hr off safe leg"
CHANNELS = "phone counter portal web app wechat email letter hotline12345 authority media field"
CATEGORIES = "wq01 wq04 wq05 pr01 ot03 lk06 bl01 bl02 bl09 mt01 nc04 st01 st04 cn01 gn dm01 sg01"
STANDARDS = (
    "complaint_normal complaint_complex complaint_urgent complaint_emergency inquiry request"
)


@tagged("post_install", "-at_install")
class TestModule(Approved, PublicRecords, ComplaintCommon):
    """Properties of all addons together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls._make_records()

    def _ours(self, model):
        rows = self.env["ir.model.data"].search([("module", "in", MODULES), ("model", "=", model)])
        return {row.name: self.env[model].browse(row.res_id) for row in rows}

    # -- public methods -------------------------------------------------------------------

    def test_public_methods_are_guarded(self):
        """People without a role get nowhere: refused, or shown an empty window.

        A new endpoint, and one that opens to more people, must be approved.
        """
        found = {}
        for model, methods in self._public_methods().items():
            records = list(self._carriers(model)) or self._stand_ins(model)
            self.assertTrue(records, model)
            for method in methods:
                kinds = {
                    self._outside(login, record, method)
                    for record in records
                    for login in ("plain", "portal1", "foreign")
                }
                found[model, method] = "+".join(sorted(kinds - {"refused"})) or "refused"
        self.assertApproved("methods", lines_of(found))

    def _outside(self, login, record, method):
        """Result of a call by a user without a role."""
        mine = self._as(login, record)
        if login == "foreign" and record._name in OF_ALL:
            return "refused"
        try:
            answer = getattr(mine, method)(*GIVEN.get((record._name, method), ()))
        except UserError:
            return "refused"
        kinds = {"ir.actions.act_window": "window", "ir.actions.client": "page"}
        kind = isinstance(answer, dict) and kinds.get(answer.get("type"))
        if kind:
            return kind
        with self.subTest(method=method, record=record, login=login):
            # another company's manager reads their own company's
            self.assertEqual(login, "foreign", "was let through")
            named = "case_name" if "case_name" in record._fields else "display_name"
            self.assertNotIn(record[named], str(answer))
        return "reads"

    def test_every_public_method_says_what_for(self):
        for model, methods in self._public_methods().items():
            for method in methods:
                self.assertTrue(getattr(self.env[model], method).__doc__, (model, method))

    # -- access ---------------------------------------------------------------------------

    def _tables(self):
        """Every model with a table that our addons define."""
        return {
            name
            for name, model in self.env.registry.items()
            if name.startswith("water.") and not model._abstract
        }

    def test_access_rights_and_rules(self):
        """Every model has access rights for named groups only, and rules unless shared."""
        for name in self._tables():
            model = self.env["ir.model"]._get(name)
            with self.subTest(model=name):
                self.assertTrue(model.access_ids)
                self.assertTrue(all(right.group_id for right in model.access_ids))
                self.assertFalse(model.access_ids.group_id & self._outsider_groups())
                self.assertEqual(bool(model.rule_ids), name not in SHARED)

    def _outsider_groups(self):
        names = ("base.group_user", "base.group_portal", "base.group_public")
        return self.env["res.groups"].union(*(self.env.ref(name) for name in names))

    def test_nothing_is_deleted(self):
        """Only managers delete, and only master data."""
        rights = self.env["ir.model.access"].search(
            [("model_id.model", "in", list(self._tables())), ("perm_unlink", "=", True)]
        )
        manager = self.env.ref("water_service_desk.group_manager")
        self.assertEqual(rights.group_id, manager, rights.mapped("name"))
        cases = {"water.inquiry", "water.complaint", "water.dispatch", "water.deadline"}
        evidence = {"water.case.event", "water.notice", "water.callback", "water.callback.attempt"}
        evidence |= {
            "water.callback.answer",
            "water.deadline.pause",
            "water.escalation.notice",
            "water.message",
        }
        evidence |= {"water.privacy.log"}
        cases |= {"water.request", "water.request.material", "water.visit"}
        evidence |= {"water.incident", "water.incident.notice", "water.incident.contact"}
        evidence |= {f"water.request.{name}" for name in ("notice", "decision", "feedback")}
        evidence |= {f"water.article.{name}" for name in ("version", "use", "feedback")}
        evidence |= {
            "water.skill.user",
            "water.drill",
            "water.staff.document",
            "water.staff.signature",
            "water.phrase.hit",
            "water.inspection",
            "water.inspection.line",
            "water.improvement",
            "water.statement",
        }
        self.assertFalse((cases | evidence) & set(rights.mapped("model_id.model")))

    def test_nothing_is_inherited_twice(self):
        """A mixin named twice hides which of the two places counts."""
        for name, model in self.env.registry.items():
            for cls in filter(is_ours, model._base_classes__):
                parents = getattr(cls, "_inherit", None) or ()
                if not isinstance(parents, str):
                    self.assertEqual(len(parents), len(set(parents)), (name, cls))

    def test_files_are_read_by_their_own_rows(self):
        """Odoo's own field of files asks for every file of the database when it is read."""
        for name, model in self.env.registry.items():
            for field in model._fields.values():
                ours = name.startswith("water.") and field.type == "many2many"
                if ours and field.comodel_name == "ir.attachment" and not field.compute:
                    self.assertIsInstance(field, Files, f"{name}.{field.name}")

    def test_every_model_is_described(self):
        """A description for people, and an order for lists."""
        for name in self._tables():
            with self.subTest(model=name):
                self.assertTrue(self.env[name]._description)
                self.assertNotEqual(self.env[name]._description, name)

    # -- data -----------------------------------------------------------------------------

    def test_xml_ids(self):
        for prefix, codes in (
            ("department", DEPARTMENTS),
            ("channel", CHANNELS),
            ("category", CATEGORIES),
        ):
            for code in codes.split():
                record = self.env.ref(f"water_service_desk.{prefix}_{code}")
                with self.subTest(prefix=prefix, code=code):
                    self.assertEqual(record.code, code.upper())
        for code in STANDARDS.split():
            module = MODULES["complaint" in code]
            self.assertTrue(self.env.ref(f"{module}.standard_{code}").line_ids, code)
        for group in ("agent", "department", "supervisor", "quality", "manager", "integration"):
            self.assertTrue(self.env.ref(f"water_service_desk.group_{group}"))

    def test_xml_ids_follow_the_codes(self):
        """Each category, department and channel that we ship is named by its code."""
        for model in ("water.category", "water.department", "water.channel"):
            for name, record in self._ours(model).items():
                if "demo" not in name:
                    with self.subTest(name=name):
                        prefix = model.removeprefix("water.")
                        self.assertEqual(name, f"{prefix}_{record.code.lower()}")

    def test_stages_follow_the_states(self):
        """Each state has its column, by XML id."""
        desk, complaints, *_others = MODULES
        for module, kind in ((desk, "inquiry"), (desk, "request"), (complaints, "complaint")):
            states = dict(self.env[f"water.{kind}"]._fields["state"].selection)
            for state in states:
                stage = self.env.ref(f"{module}.stage_{kind}_{state}")
                self.assertEqual((stage.model, stage.state), (f"water.{kind}", state))

    def test_standards_are_workable(self):
        """Each limit that we ship can be worked out, and says where it comes from."""
        office = self.env.ref("water_service_desk.calendar_office")
        now = self._later()
        for name, line in self._ours("water.standard.line").items():
            with self.subTest(name=name):
                due, _provisional = office._water_due_at(now, line.amount, line.unit)
                self.assertGreater(due, now)
                self.assertTrue(line.source)
                self.assertEqual(line.is_proposal, line.source == "proposal")

    # -- jobs and letters -----------------------------------------------------------------

    def test_scheduled_actions(self):
        """Each scheduled action runs, twice, without an error."""
        crons = self._ours("ir.cron")
        self.assertTrue(crons)
        for name, cron in crons.items():
            for _time in range(2):
                with self.subTest(name=name), self.enter_registry_test_mode():
                    cron.sudo().method_direct_trigger()

    def test_mail_templates(self):
        """Each mail is rendered in both languages, complete and to the customer."""
        case = self._complaint_at("notified", email_from="zhang@example.com")
        trusted(case.notice_ids.sudo()).write({"email_to": "zhang@example.com"})
        samples = {
            "water.complaint": case,
            "water.inquiry": self._inquiry(email_from="zhang@example.com", answer="答复"),
            "water.notice": case.notice_ids,
            "water.deadline": self._extended_clock(),
            "water.incident.contact": self._incident_contact(case),
            "water.case.news": self._news(),
            "water.compensation": self._compensation(case),
            **self._request_samples(),
            **self._delegate_samples(),
        }
        templates = self._ours("mail.template")
        self.assertTrue(templates)
        for name, template in templates.items():
            record = samples[template.model]
            for lang in ("zh_CN", "en_US"):
                self.customer.lang = lang
                with self.subTest(name=name, lang=lang):
                    self._check_mail(template, record)

    def _news(self):
        """Messages to the customer of an inquiry meanwhile."""
        case = self._inquiry(email_from="zhang@example.com")
        return self._as("agent", case)._tell_news("正在核实。").with_env(self.env)

    def _incident_contact(self, case):
        family = self.env.ref("water_service_desk.category_ot")
        incident = self.env["water.incident"].create({"subject": "停水", "family_ids": family.ids})
        news = {"incident_id": incident.id, "kind": "progress", "body": "正在抢修。"}
        notice = trusted(self.env["water.incident.notice"]).create(
            {**news, "user_id": self.env.uid, "expected_at": self._later(hours=3)}
        )
        contacts = trusted(self.env["water.incident.contact"])
        return contacts.create({"notice_id": notice.id, "complaint_id": case.id})

    def _compensation(self, case):
        values = {"complaint_id": case.id, "kind": "goodwill", "amount": 50, "reason": "致歉"}
        return self.env["water.compensation"].create({**values, "partner_id": self.customer.id})

    def _extended_clock(self):
        clock = self._clock(self._complaint(email_from="zhang@example.com"), "close")
        request = acts.extend(self._as("agent", clock), "冻土", 3)
        self._as("supervisor", request).action_approve()
        return clock

    def _request_samples(self):
        """A request with a notice and a visit."""
        values = self._request_values(email_from="zhang@example.com")
        case = self._as("agent", self.env["water.request"]).create(values).with_env(self.env)
        self._as("agent", case).action_issue_notice()
        trusted(case).write({"result": "已通水"})
        begin = self._later(hours=24)
        visit = acts.plan_visit(self._as("agent", case), self.net, begin, self._later(hours=26))
        return {
            "water.request": case,
            "water.request.notice": case.notice_ids.with_env(self.env),
            "water.visit": visit.with_env(self.env),
        }

    def _delegate_samples(self):
        """An invitation, and what the holder of the account is told about it."""
        self.customer.email = "zhang@example.com"
        place = {"code": "D-1", "partner_id": self.customer.id, "address": "东城路8号"}
        values = {
            "account_id": self.env["water.account"].create(place).id,
            "holder_id": self.customer.id,
            "name": "张小伟",
            "email": "zhang@example.com",
            "sees_cases": True,
            "date_from": self._later(days=1).date(),
        }
        row = trusted(self.env["water.account.delegate"]).create(values).with_env(self.env)
        event = self.env["water.account.event"]._log(row, "invited").with_env(self.env)
        changes = self.env["water.account.change"]
        trusted(changes.search([])).write({"state": "confirmed"})  # told at the present address
        change = changes._keep(
            "contact",
            [
                {
                    **self.customer._water_former(),
                    "account_id": row.account_id.id,
                    "company_id": row.company_id.id,
                }
            ],
        )
        return {row._name: row, event._name: event, change._name: change}

    def _check_mail(self, template, record):
        fields = ("subject", "body_html", "email_to", "email_from", "lang")
        mail = template._generate_template(record.ids, fields)[record.id]
        names = ("complaint_id", "request_id", "inquiry_id")
        links = [link for link in names if link in record._fields]
        case = next((record[link] for link in links if record[link]), record)
        case = record if record._name == "water.compensation" else case  # it has a number itself
        self.assertEqual(mail["email_to"], "zhang@example.com")
        self.assertEqual(mail["lang"], self.customer.lang)
        self.assertTrue(mail["subject"] and mail["email_from"])
        number = case.account_id.code if case._name.startswith("water.account.") else case.name
        self.assertIn(number, f"{mail['subject']} {mail['body_html']}")
        for leftover in ("{{", "}}", "t-out", "None", "False<"):
            self.assertNotIn(leftover, f"{mail['subject']} {mail['body_html']}")
