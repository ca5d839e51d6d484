"""Tables are looked at first; then the same is done, line by line, each wholly or not at all."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.dry_run import dry_run
from ...base.tests.common import NOW, WaterCommon

ACCOUNTS = """户号,户主姓名,联系电话,用水地址,供水片区,表号,用水性质
T800001,张伟,13812345678,东城路12号,试验东片,M-2,居民
T800002,王芳,13700001111,东城路13号,T-E,,居民
,李四,,东城路14号,,,
T800003,赵六,,,,,
T800004,钱七,,东城路15号,北城,,
T800005,孙八,,东城路16号,,,工业
T800001,李娜,,东城路12号,,,
T800001,,13999999999,,,,
"""


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTableImport(WaterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls.env["water.zone"].create({"name": "试验东片", "code": "T-E"})
        cls.account = cls.env["water.account"].create(
            {
                "partner_id": cls.customer.id,
                "code": "T800001",
                "address": "东城路12号",
                "zone_id": cls.zone.id,
                "meter_no": "M-1",
            }
        )

    def _dialog(self, text, kind="water.account", login="supervisor"):
        wizards = self._as(login, self.env["water.table.import.wizard"])
        content = base64.b64encode(text.encode() if isinstance(text, str) else text)
        return wizards.create({"kind": kind, "file": content})

    def _accounts(self):
        codes = [f"T80000{number}" for number in range(1, 6)]
        self.env.invalidate_all()
        return self.env["water.account"].search([("code", "in", codes)])

    def test_looking_keeps_nothing(self):
        """The message tells what happens then; before, nothing has happened."""
        people = self.env["res.partner"].search_count([])
        dialog = self._dialog(ACCOUNTS)
        dialog.action_check()
        self.assertEqual(dialog.state, "checked")
        self.assertEqual(self._accounts(), self.account)
        self.assertEqual(self.account.meter_no, "M-1")
        self.assertEqual(self.env["res.partner"].search_count([]), people)
        looked = dialog.report
        for words in ("Would be new: 1", "Would change: 1", "Not taken: 6", "Meter Number"):
            with self.subTest(words=words):
                self.assertIn(words, looked)
        dialog.action_import()
        self.assertEqual((dialog.state, dialog.file), ("done", False))
        self.assertEqual(self._accounts().mapped("code"), ["T800001", "T800002"])
        self.assertEqual(self.account.meter_no, "M-2")
        self.assertEqual(self._accounts()[1].zone_id, self.zone)
        for words in ("New: 1", "Corrected: 1", "Not taken: 6"):
            self.assertIn(words, dialog.report)
        again = self._dialog(ACCOUNTS)
        again.action_check()
        self.assertIn("Would stay as it is: 2", again.report)

    def test_why_a_line_is_refused(self):
        """Each in words that say what to do, and none stops the others."""
        dialog = self._dialog(ACCOUNTS)
        dialog.action_check()
        for words in (
            "account number is missing",
            "A new account needs: Premises",
            "no zone, or several, called “北城”",
            "Unknown customer class: 工业",
            "Another holder is entered",
            "phone number on the contact",
        ):
            with self.subTest(words=words):
                self.assertIn(words, dialog.report)

    def test_numbers_in_wide_digits(self):
        """The same account, not a second one, and one that is found by what people type."""
        text = "户号,户主姓名,用水地址,表号\nＴ８０ 0001,,,Ｍ－３\nＴ800006,周九,东城路16号,\n"
        self._dialog(text).action_import()
        self.assertEqual(self.account.meter_no, "M-3")
        self.assertTrue(self.env["water.account"].search([("code", "=", "T800006")]))

    def test_null_bytes_and_bidi_controls_in_a_table_are_removed(self):
        self._dialog(
            "户号,户主姓名,用水地址\nT80\u202e0007,周\u202e九,东\u2066城路"
        ).action_import()
        account = self.env["water.account"].search([("code", "=", "T800007")])
        self.assertEqual((account.partner_id.name, account.address), ("周九", "东城路"))

    def test_holder_stays(self):
        """A table gives no one another person's account."""
        self._dialog(ACCOUNTS).action_import()
        self.assertEqual(self.account.partner_id, self.customer)
        self.assertEqual(self.customer.phone, "13812345678")
        self.account.action_archive()
        dialog = self._dialog("户号,表号\nT800001,M-9")
        dialog.action_import()
        self.assertIn("archived", dialog.report)
        self.assertEqual(self.account.meter_no, "M-2")

    def test_zones(self):
        text = "Zone Code,Zone Name,Outline\nT-E,东城,\nT-N,北城,\nT-X,西城,{}\nT-Y,,\n"
        dialog = self._dialog(text, "water.zone", "manager")
        dialog.action_check()
        self.assertEqual(self.zone.name, "试验东片")
        dialog.action_import()
        self.assertEqual(self.zone.name, "东城")
        north = self.env["water.zone"].search([("code", "in", ("T-N", "T-X", "T-Y"))])
        self.assertEqual(north.mapped("name"), ["北城"])
        for words in ("GeoJSON", "needs a name"):
            self.assertIn(words, dialog.report)

    def test_permitted_users_and_invalid_tables(self):
        with self.assertRaises(AccessError):
            self._dialog(ACCOUNTS, login="department")
        with self.assertRaisesRegex(AccessError, "Only a supervisor"):
            self._dialog(ACCOUNTS, login="agent").action_check()
        with self.assertRaises(AccessError):
            self._dialog("Zone Code\nA", "water.zone").action_check()
        for content, words in (
            (b"", "Choose a file"),
            (b"\x00\x01", "neither"),
            ("a,b\n1,2", "headings of the template"),
            ("户号\n" + "\n".join(map(str, range(2100))), "At most"),
            (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        ):
            dialog = self._dialog(content)
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                dialog.action_check()
        dialog = self._dialog("户号\n1")
        dialog.file = "no base64"  # as a remote caller writes it
        with self.assertRaisesRegex(UserError, "neither"):
            dialog.action_check()

    def test_template_reads_as_it_is_handed_out(self):
        """In both languages its headings are known again."""
        for lang in ("en_US", "zh_CN"):
            dialog = self._dialog("x").with_context(lang=lang)
            dialog.file = dialog.template
            dialog.action_check()
            with self.subTest(lang=lang):
                self.assertIn("10002345", dialog.report)
        self.assertIn(f"/{dialog.id}/template/", dialog.action_template()["url"])

    def test_looking_spends_no_number(self):
        """Reverted cases leave no gap in the numbers, for every type."""
        first = self._inquiry()
        for _again in range(2):
            with dry_run(self.env):
                shown = [self._inquiry().name for _number in range(3)]
            self.assertEqual(len(set(shown)), 3)
        self.assertEqual(int(self._inquiry().name[-5:]), int(first.name[-5:]) + 1)

    def test_deferred_until_commit(self):
        """The preview does not defer to the commit; earlier deferrals stay."""
        called, hooks = [], self.env.cr.postcommit
        hooks.add(lambda: called.append("before"))
        waiting = len(hooks)
        with dry_run(self.env):
            hooks.add(lambda: called.append("within"))
            self.zone.name = "Other"
        self.assertEqual((len(hooks), self.zone.name), (waiting, "试验东片"))
        with dry_run(self.env, really=True):
            self.zone.name = "Other"
        self.assertEqual(self.zone.name, "Other")
        hooks.clear()
