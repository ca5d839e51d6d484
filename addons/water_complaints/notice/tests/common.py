import io
from datetime import timedelta
from unittest.mock import patch

from pypdf import PdfReader

from odoo import fields
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.models import ir_actions_report as base_report
from odoo.addons.water_service_desk.base.tests.common import Refusals, speak_chinese

from ...complaint.tests import acts

DESK = "water_service_desk."
AGENT = "base.group_user,water_service_desk.group_agent"


def wkhtml(state):
    """Pretend that wkhtmltopdf is missing."""
    info = base_report.WkhtmlInfo(
        state, False, "wkhtmltopdf", "0.12.6", True, "wkhtmltoimage", None
    )
    return patch.object(base_report, "_wkhtml", lambda: info)


def text_of(content):
    """All text of a PDF in one line without spaces: line breaks are the paper's affair."""
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


class LetterCase(Refusals, TransactionCase):
    """A complaint with a result, of a Chinese and of an English speaking customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(wkhtml("install"))
        cls.env = cls.env(context={"force_report_rendering": True})
        speak_chinese(cls.env, "water_complaints")
        cls.env["res.lang"]._activate_lang("en_US")
        cls.company = cls.env.company
        cls.company.write(
            {"name": "清河供水", "email": "service@example.com", "water_hotline": "0300-96510"}
        )
        cls.agent = new_test_user(cls.env, "letter_agent", groups=AGENT, tz="America/New_York")
        cls.quality = new_test_user(
            cls.env, "letter_quality", groups="base.group_user,water_service_desk.group_quality"
        )
        cls.worker = new_test_user(
            cls.env, "letter_worker", groups="base.group_user,water_service_desk.group_department"
        )
        cls.department = cls.env["water.department"].create(
            {"name": "管网部", "code": "LT", "member_ids": [(6, 0, cls.worker.ids)]}
        )
        cls.zhang = cls._partner("张伟", "zh_CN")
        cls.miller = cls._partner("John Miller", "en_US")

    @classmethod
    def _partner(cls, name, lang):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "email": f"{lang}@example.com",
                "phone": "13800136021",
                "lang": lang,
                "tz": "Asia/Shanghai",
            }
        )

    @classmethod
    def _complaint(cls, partner, **vals):
        now = fields.Datetime.now()
        values = {
            "subject": "早晚高峰水压低",
            "description": "五楼淋浴水很小。",
            "demand": "恢复正常水压",
            "partner_id": partner.id,
            "address": "清河市东城路 118 号",
            "category_id": cls.env.ref(DESK + "category_pr01").id,
            "channel_id": cls.env.ref(DESK + "channel_phone").id,
            "received_at": now - timedelta(hours=3),
            "occurred_at": now - timedelta(days=1),
            "department_id": cls.department.id,
            **vals,
        }
        return cls.env["water.complaint"].with_user(cls.agent).create(values)

    @classmethod
    def _handled(cls, partner, **vals):
        """A complaint whose result only waits to be told."""
        case = cls._complaint(partner, **vals)
        acts.readback(case)
        acts.dispatch(case, cls.department)
        work = case.with_user(cls.worker)
        work.action_accept_dispatch()
        work.write(
            {
                "investigation": "内部备注：减压阀失灵，班组漏检。",
                "finding": "upheld",
                "resolution": "减压阀已更换，复测压力 0.21 MPa。",
            }
        )
        cls._prove(work)
        work.action_finish_dispatch()
        return case

    @classmethod
    def _prove(cls, work):
        evidence = work.env["water.evidence"].create(
            {"complaint_id": work.id, "kind": "lab", "title": "测压记录", "reference": "CY-7"}
        )
        work.write({"liability": "company", "basis_evidence_ids": evidence.ids})
        work.demand_ids.write({"verdict": "supported", "basis": "《城市供水条例》第十九条"})

    @classmethod
    def _notify(cls, case, **vals):
        """Tell the customer through the dialog, as the agent does."""
        wizard = cls.env["water.notice.wizard"].with_user(cls.agent)
        wizard.with_context(active_model=case._name, active_ids=case.ids).create(vals).action_send()
        return case.sudo().notice_ids.sorted("id")[-1:]

    @classmethod
    def _mails_of(cls, record):
        return cls.env["mail.mail"].search(
            [("model", "=", record._name), ("res_id", "in", record.ids)], order="id"
        )
