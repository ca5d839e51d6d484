import io
from unittest.mock import patch

from PIL import Image
from pypdf import PdfReader

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.models import ir_actions_report as base_report

from ...base.tests.common import Refusals
from .. import pdf

#: the layout engine, before tests replace it
RENDER = pdf.render


def in_earnest():
    """A block in which letters are laid out, as ``real_pdf`` has it for a class."""
    return patch.object(pdf, "render", RENDER)


def _pixel():
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "#0a6ebd").save(file, "PNG")
    return file.getvalue()


PIXEL = _pixel()
HEADER = '<div class="header">页眉 供水公司</div>'
FOOTER = '<div class="footer">页脚 第 <span class="page"/> 页，共 <span class="topage"/> 页</div>'
TEMPLATE = f"""
<t t-name="water_service_desk.pdf_probe">
  <t t-call="web.html_container"><t t-foreach="docs" t-as="o">
    {HEADER}
    <div class="article" t-att-data-oe-model="o._name" t-att-data-oe-id="o.id"
         t-att-data-oe-lang="o.env.context.get('lang')">
      <h2>关于水压不足的答复</h2><p t-out="o.name"/>
      <p t-foreach="range(60)" t-as="line">第<t t-out="line"/>行</p>
    </div>
    {FOOTER}
  </t></t>
</t>"""


def wkhtml(state, binary="wkhtmltopdf"):
    info = base_report.WkhtmlInfo(state, False, binary, "0.12.6", True, "wkhtmltoimage", None)
    return patch.object(base_report, "_wkhtml", lambda: info)


def read(content):
    return PdfReader(io.BytesIO(content))


def text_of(content):
    return "\n".join(page.extract_text() for page in read(content).pages)


def images_of(content):
    return [
        name
        for page in read(content).pages
        for name, item in page["/Resources"].get("/XObject", {}).items()
        if item["/Subtype"] == "/Image"
    ]


def page_of(article, head=""):
    return (
        f'<html><head>{head}</head><body class="o_body_pdf container" dir="ltr">'
        f'<div class="article" data-oe-lang="zh_CN">{article}</div></body></html>'
    )


class PdfCase(Refusals, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(wkhtml("install"))
        cls.env = cls.env(context={"lang": "zh_CN", "force_report_rendering": True})
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.ui.view"].create(
            {
                "name": "pdf probe",
                "type": "qweb",
                "key": "water_service_desk.pdf_probe",
                "arch": TEMPLATE,
            }
        )
        cls.report = cls.env["ir.actions.report"].create(
            {
                "name": "答复书",
                "model": "res.partner",
                "report_name": "water_service_desk.pdf_probe",
                "paperformat_id": cls.env.ref("water_service_desk.paperformat_water_a4").id,
            }
        )
        cls.people = cls.env["res.partner"].create([{"name": "张三丰"}, {"name": "李四海"}])
        cls.user = new_test_user(cls.env, "pdf_reader", groups="base.group_user")

    def _print(self, records):
        content, kind = self.env["ir.actions.report"]._render_qweb_pdf(self.report, records.ids)
        self.assertEqual(kind, "pdf")
        return content

    def _run(self, body, user=None, **kwargs):
        reports = self.env["ir.actions.report"].with_user(user or self.env.user)
        return reports._run_wkhtmltopdf([body], report_ref=self.report.id, **kwargs)
