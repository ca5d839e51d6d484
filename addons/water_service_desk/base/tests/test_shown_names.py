from odoo.tests import tagged

from .common import WaterCommon


@tagged("post_install", "-at_install")
class TestShownNames(WaterCommon):
    """Imports and search fields find what lists show and exports contain."""

    def _found(self, record, login="agent", operator="=", text=None):
        rows = self._as(login, record.browse())
        text = text or self._as(login, record).display_name
        return [number for number, __ in rows.name_search(text, operator=operator)]

    def test_number_and_words_together(self):
        account = self.env["water.account"].create(
            {"code": "77001", "partner_id": self.customer.id, "address": "东城路 12 号 3 室"}
        )
        case = self._inquiry("agent", subject="水费 怎么 算")
        for record in (self._category("gn"), account, case):
            for operator in ("=", "in", "ilike"):
                text = record.display_name
                value = [text] if operator == "in" else text
                domain = [("display_name", operator, value)]
                found = self._as("agent", record.browse()).search(domain)
                self.assertEqual(found, self._as("agent", record), (record, operator))
            self.assertEqual(self._found(record), record.ids)

    def test_other_words_find_nothing(self):
        category = self._category("gn")
        self.assertFalse(self._found(category, text=f"{category.code} 别的"))
        self.assertEqual(self._found(category, text=category.code), category.ids)

    def test_masked_values_are_not_searchable(self):
        account = self.env["water.account"].create(
            {"code": "77002", "partner_id": self.customer.id, "address": "东城路 12 号 3 室"}
        )
        text = f"{account.code} {account.address}"
        self.assertFalse(self._found(account, "department", text=text))
