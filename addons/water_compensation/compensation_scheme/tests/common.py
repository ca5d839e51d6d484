"""A company with a scheme of compensation, and failures that cost it money."""

from odoo import fields
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import local

#: Schemes of other countries, in the order in which they are imported.
EXAMPLES = ("profile", "rule-gss_en", "rule-gss_en_supply", "rule-gss_ew", "rule-other")


def load_examples(env):
    """Bring the schemes of other countries, under the names that tests know them by."""
    if not env.ref("water_compensation.compensation_profile_gss_en_2025", False):
        room = "compensation_scheme/examples/water.compensation"
        paths = [f"{room}.{name}.csv" for name in EXAMPLES]
        env["ir.model.data"]._load_csv("water_compensation", *paths)


class SchemeCommon(ComplaintCommon):
    """The company works by the scheme of England, 2025, a pound counted as one of its own units.

    Its books have entries already, so that their currency cannot be changed any more.
    """

    PROFILE = "gss_en_2025"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "manager2" not in cls.users:
            cls.users["manager2"] = cls._new_user("manager2", "water_service_desk.group_manager")
        load_examples(cls.env)
        cls._choose(cls.PROFILE, rate=1)
        cls.zone = cls.env["water.zone"].create({"code": "T-DC", "name": "东城片区"})
        cls.compensations = cls.env["water.compensation"]

    @classmethod
    def _choose(cls, code, **values):
        """Choose a scheme, and perhaps the rate at which its amounts are counted."""
        profile = code and cls.env.ref(f"water_compensation.compensation_profile_{code}").id
        rate = {"water_compensation_rate": values["rate"]} if values else {}
        with freeze_time("2000-01-01"):  # long before anything failed
            cls.company.write({**rate, "water_compensation_profile_id": profile})

    @classmethod
    def _rule(cls, name):
        return cls.env.ref(f"water_compensation.compensation_rule_{name}")

    @classmethod
    def _confirm(cls, name):
        """Have a manager vouch for a rule that was shipped switched off."""
        rule = cls._rule(name)
        rule.confirm_note = "SI 2025/662, reg 9"
        rule.with_user(cls.users["manager"]).action_confirm()
        cls._confirm_changes(rule)
        return rule

    @classmethod
    def _confirm_changes(cls, *rules):
        for rule in rules:
            changes = cls.env["water.setting.change"]._of(rule)
            waiting = changes.filtered(lambda row: row.state == "waiting")
            waiting.with_user(cls.users["manager2"]).action_approve()

    @classmethod
    def _account(cls, number=1, **values):
        return cls._accounts(1, number, **values)

    @classmethod
    def _accounts(cls, count, number=1, **values):
        return cls.env["water.account"].create(
            [
                {
                    "code": f"T-{number}-{row}",
                    "partner_id": cls.customer.id,
                    "address": "东城路",
                    "zone_id": cls.zone.id,
                    **values,
                }
                for row in range(count)
            ]
        )

    def _incident(self, begun, **values):
        """An incident of the zone under way since ``begun`` (Shanghai)."""
        with freeze_time(local(begun)):
            incident = self.env["water.incident"].create(
                {
                    "subject": "东城路主管爆裂停水",
                    "zone_ids": self.zone.ids,
                    "family_ids": self._category("ot").ids,
                    "aware_at": local(begun),
                    **values,
                }
            )
            incident.action_start()
        return incident

    def _restored(self, incident, at, job=True):
        """The supply is back at ``at`` (Shanghai), and it is worked out who is owed what."""
        with freeze_time(local(at)):
            incident._restore(local(at), "已恢复供水。")
            if job:
                self._job()
        return self._of(incident)

    def _job(self):
        """Run the scheduled action as the scheduler does."""
        cron = self.env.ref("water_compensation.ir_cron_compensate").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _of(self, incident):
        return self.compensations.search([("incident_id", "=", incident.id)])

    def _of_case(self, case):
        return self.compensations.search([("complaint_id", "=", case.id)])

    def _evidence(self, record):
        file = self.env["ir.attachment"].create(
            {"name": "证明.pdf", "raw": b"x", "res_model": record._name, "res_id": record.id}
        )
        record.evidence_ids = file

    def _exempt(self, target, code, login="agent", **values):
        """An exemption asked for with evidence."""
        link = "incident_id" if target._name == "water.incident" else "compensation_id"
        exemption = self._as(login, self.env["water.compensation.exemption"]).create(
            {
                link: target.id,
                "code_id": self.env.ref(f"water_compensation.exemption_code_{code}").id,
                "note": "气象台红色预警",
                **values,
            }
        )
        self._evidence(exemption.with_env(self.env))
        return exemption

    def assertOwed(self, rows, amount):
        """The total, without refused and withdrawn ones."""
        live = rows.filtered(lambda row: row.state in ("draft", "proposed", "approved"))
        self.assertEqual(sum(live.mapped("amount")), amount)

    def assertDue(self, row, text):
        self.assertEqual(fields.Date.to_string(row.due_on), text)
        self.assertEqual(fields.Date.to_string(row._payment_due_on()), text)
