import io
import json
from datetime import datetime
from urllib.parse import quote

from openpyxl import load_workbook

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from ...base.tests.common import NOW, WaterCommon, local, speak_chinese


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSheets(WaterCommon, HttpCase):
    """Exported sheets: masked at the end of every path, in titles too, without live formulas."""

    def setUp(self):
        super().setUp()
        self.users["agent"].group_ids += self.env.ref("base.group_allow_export")
        self.case = self._inquiry(subject="=1+1", description="@SUM(A1)")
        self.env.flush_all()
        self.authenticate(self.users["agent"].login, self.users["agent"].login)

    def _sheet(self, columns, records=None, kind="xlsx", **more):
        records = self.case if records is None else records
        data = {
            "model": records._name,
            "ids": records.ids,
            "domain": more.pop("domain", []),
            "fields": [{"name": name, "label": name, "type": "char"} for name in columns],
            "import_compat": False,
            **more,
        }
        form = {"data": json.dumps(data), "csrf_token": http.Request.csrf_token(self)}
        answer = self.url_open(f"/web/export/{kind}", data=form)
        self.assertEqual(answer.status_code, 200, answer.text[:500])
        self.named = answer.headers["Content-Disposition"]
        if kind == "csv":
            return answer.content.decode()
        self.book = load_workbook(io.BytesIO(answer.content))
        return list(self.book.active.iter_rows())

    def _cells(self, rows):
        return [cell.value for row in rows for cell in row if cell.value]

    def test_names(self):
        """A list is called what it lists, and by its day, as a pivot table is."""
        for more in ({}, {"groupby": ["category_id"]}):
            self._sheet(["name"], **more)
            self.assertEqual(self.book.sheetnames, ["Inquiry"])
            self.assertEqual(self.book.active.freeze_panes, "A2")
            self.assertIn("Inquiry%20", self.named)
            self.assertNotIn("water.inquiry", self.named)
        self._sheet(["name"], kind="csv")
        self.assertNotIn("water.inquiry", self.named)

    def test_titles_of_groups(self):
        """A title is masked like a cell, by value and by link; two of one mask stay two."""
        other = self.env["res.partner"].create({"name": "张力", "phone": "13812985678"})
        both = self.case | self._inquiry(partner_id=other.id)
        for group in ("partner_id", "contact_name", "phone"):
            with self.subTest(group=group):
                cells = self._cells(self._sheet(["name"], both, groupby=[group]))
                told = "".join(map(str, cells))
                for secret in ("张伟", "张力", "13812345678", "13812985678"):
                    self.assertNotIn(secret, told)
                self.assertEqual(len([cell for cell in cells if "(1)" in str(cell)]), 2, cells)

    @mute_logger("odoo.http")
    def test_cards(self):
        """A contact's card is an export: kept, and for those alone whose lists leave unmasked."""
        other = self.env["res.partner"].create({"name": "张力", "phone": "13812985678"})
        self._inquiry(partner_id=other.id)
        self.env.flush_all()
        log, several = self.env["water.privacy.log"], f"{self.customer.id},{other.id}"
        newest = log.search([], limit=1).id or 0
        for ids in (str(other.id), several):
            answer = self.url_open(f"/web/partner/vcard?partner_ids={ids}")
            self.assertEqual(answer.status_code, 403)
            self.assertNotIn(other.phone, answer.text)
        mine = self.users["agent"].partner_id
        self.assertIn("VCARD", self.url_open(f"/web/partner/vcard?partner_ids={mine.id}").text)
        self.assertFalse(log.search([("id", ">", newest)]))
        self.users["agent"].group_ids += self.env.ref("water_service_desk.group_privacy")
        self.env.flush_all()
        self.assertIn(other.phone, self.url_open(f"/web/partner/vcard?partner_ids={other.id}").text)
        row = log.search([("id", ">", newest), ("kind", "=", "export")])
        self.assertEqual((row.user_id, row.row_count), (self.users["agent"], 1))

    def test_titles_are_in_the_readers_words(self):
        """Groups are called what they are called on the screen, not by their keys."""
        speak_chinese(self.env)
        words = {"en_US": ("Registered", "No"), "zh_CN": ("已登记", "否")}
        for lang, (state, no) in words.items():
            self.users["agent"].lang = lang
            self.env.flush_all()
            with self.subTest(lang):
                more = {"groupby": ["state", "is_restricted"], "context": {"lang": lang}}
                told = self._cells(self._sheet(["name"], **more))
                self.assertIn(f"{state} (1)", told)
                self.assertIn(f"    {no} (1)", told)

    def test_times_of_customer_without_own_clock(self):
        """They are the company's, in cells and in group months."""
        with freeze_time(local("2026-04-01 00:30")):
            case = self._inquiry()
        for zone, month in ((False, "April 2026"), ("Europe/Berlin", "March 2026")):
            self.users["agent"].tz = zone
            self.env.flush_all()
            more = {"groupby": ["received_at:month"], "context": {"tz": zone}}
            with self.subTest(zone):
                cells = self._cells(self._sheet(["name", "received_at"], case, **more))
                self.assertIn(f"{month} (1)", cells)
                day = datetime(2026, 4, 1, 0, 30) if not zone else datetime(2026, 3, 31, 18, 30)
                self.assertIn(day, cells)
        self.users["agent"].tz = False
        self.env.flush_all()
        text = self._sheet(["received_at"], case, kind="csv")
        self.assertIn("2026-04-01 00:30:00", text)

    def test_any_beginning(self):
        """Lists of Odoo's own models lead to customers as well, and are kept."""
        entry = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("water.inquiry"),
                "res_id": self.case.id,
                "user_id": self.users["agent"].id,
                "summary": "回电",
            }
        )
        account = self.env["res.partner.bank"].create(
            {"acc_number": "6222021234567890", "partner_id": self.customer.id}
        )
        rows = {
            "res.partner.bank": (account, ["acc_number", "partner_id", "partner_id/phone"]),
            "res.partner": (self.customer, ["name", "phone", "create_uid"]),
            "mail.activity": (entry, ["user_id", "user_id/name", "summary"]),
        }
        for model, (records, columns) in rows.items():
            with self.subTest(model=model):
                told = self._cells(self._sheet(columns, records))
                self.assertNotIn("13812345678", told)
                self.assertNotIn("张伟", told)
                self.assertNotIn("6222021234567890", told)
        self.assertIn(self.users["agent"].name, told, "colleagues stay colleagues")
        kept = self.env["water.privacy.log"].search([("kind", "=", "export")])
        self.assertEqual({"res.partner.bank", "res.partner"}, set(kept.mapped("model")))

    def test_no_live_formula(self):
        """Typed text is plain text in every cell and title."""
        for more in ({}, {"groupby": ["subject"]}):
            rows = self._sheet(["name", "subject", "description"], **more)
            kinds = {cell.value: cell.data_type for row in rows for cell in row if cell.value}
            self.assertNotIn("f", kinds.values())
            self.assertIn("=1+1", kinds)
        text = self._sheet(["subject", "description"], kind="csv")
        self.assertIn('"\'=1+1"', text)
        self.assertIn('"\'@SUM(A1)"', text)

    def test_pivot_tables(self):
        """Called what they count, by their day; what people have written is no formula."""
        speak_chinese(self.env)
        self.users["agent"].lang = "zh_CN"
        self.env.flush_all()
        self.authenticate(self.users["agent"].login, self.users["agent"].login)
        table = {
            **{"model": "water.inquiry", "title": "未命名", "measure_count": 1},
            "col_group_headers": [[{"title": "=1+1", "width": 1, "height": 1}]],
            "measure_headers": [{"title": "数量", "is_bold": False}],
            "rows": [{"title": "合计", "indent": 0, "values": [{"value": 3, "is_bold": True}]}],
        }
        form = {"data": json.dumps(table), "csrf_token": http.Request.csrf_token(self)}
        answer = self.url_open("/web/pivot/export_xlsx", data=form)
        self.assertIn(quote("咨询 2026-03-11.xlsx"), answer.headers["Content-Disposition"])
        sheet = load_workbook(io.BytesIO(answer.content)).active
        self.assertEqual(sheet.title, "咨询")
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
        self.assertNotIn("f", [cell.data_type for cell in cells])
        self.assertIn(3, [cell.value for cell in cells])

    def test_filter_contains_no_names(self):
        """The log keeps how the list was filtered, without the number that was looked for."""
        domain = ["|", ["phone", "=", "13812345678"], ["subject", "ilike", "电话 13812345678"]]
        domain += [["subject", "ilike", "138-1234-5678"], ["phone", "=", 13812345678]]
        domain += [["partner_id", "any", [["phone", "=", "13812345678"], ["name", "=", "张伟"]]]]
        self._sheet(["name"], domain=domain)
        row = self.env["water.privacy.log"].search([("kind", "=", "export")], limit=1)
        for secret in ("13812345678", "138-1234-5678", "张伟"):
            self.assertNotIn(secret, row.domain)
        self.assertIn("138****5678", row.domain)
        self.assertIn("phone", row.domain)
