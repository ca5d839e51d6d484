from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..door import enter
from .doors import ForeignCommon, Sent

CLOSED = "refers to a record you cannot see"
ODD = "A value is not possible here. Your change was not saved."


@tagged("post_install", "-at_install")
class TestDoor(ForeignCommon):
    """Other shapes, in which Odoo takes the same values, pass no check of a remote call."""

    def _enter(self, called, by_json_2=False):
        enter(self._as("agent", self.env["water.inquiry"]).env, called, by_json_2)

    def test_arguments_as_pairs_are_refused(self):
        values = {"partner_id": self.stranger.id}
        call = {"model": "water.inquiry", "method": "create"}
        context = {"tracking_disable": True}
        for wrong in (
            {"args": [], "kwargs": [["vals_list", [values]]]},
            {"args": [], "kwargs": "x"},
            {"args": {"x": 1}, "kwargs": {}},
            {"args": [values], "kwargs": {"context": [*context.items()]}},
            {"args": [values], "kwargs": {"context": "tracking_disable"}},
        ):
            with self.subTest(wrong), self.assertRaisesRegex(ValidationError, ODD):
                self._enter({**call, **wrong})
        json_2 = {"__model__": "water.inquiry", "__method__": "create", "vals_list": [values]}
        with self.assertRaisesRegex(ValidationError, ODD):
            self._enter({**json_2, "context": [*context.items()]}, by_json_2=True)

    def test_second_model_in_json_2_call_hides_no_value(self):
        call = {"__model__": "water.inquiry", "__method__": "create", "ids": []}
        call["vals_list"] = [{"partner_id": self.stranger.id}]
        for more in (
            {"model": "res.lang", "method": "search_read"},
            {"kwargs": {}},
            {"kwargs": {}, "args": []},
        ):
            with self.subTest(more), self.assertRaisesRegex(AccessError, CLOSED):
                self._enter({**call, **more}, by_json_2=True)
        web = {"model": "water.inquiry", "method": "create", "args": call["vals_list"]}
        names = {"__model__": "res.lang", "__method__": "search_read"}
        with self.assertRaisesRegex(AccessError, CLOSED):
            self._enter({**web, **names, "kwargs": {}})

    def test_context_of_json_2_call_loses_muting_keys(self):
        call = {"__model__": "water.inquiry", "__method__": "action_close", "kwargs": {}}
        call["context"] = {"tracking_disable": True, "lang": "en_US"}
        self._enter(call, by_json_2=True)
        self.assertEqual(call["context"], {"lang": "en_US"})

    def test_list_of_odd_commands_is_refused(self):
        """Odoo takes the values of a new row as pairs, and ids with a point."""
        standards = Sent(self._as("manager", self.env["water.standard"]))
        new = {"name": "T", "code": "T", "case_model": "water.inquiry"}
        for rows in (
            [[0, 0, [["kind", "plan"]]]],
            [[1, "x", {}]],
            [[4, 5.0]],
            [[6, 0, ["5"]]],
            [{"kind": "plan"}],
            ["x"],
            [[]],
            [[9, 0, {}]],
        ):
            with self.subTest(rows), self.assertRaisesRegex(ValidationError, ODD):
                standards.create({**new, "line_ids": rows})

    def test_row_in_a_command_with_more_parts_is_checked(self):
        standards = Sent(self._as("manager", self.env["water.standard"]))
        rows = [[0, 0, {"kind": "x\0", "amount": 1}, 1]]
        with self.assertRaisesRegex(UserError, ODD):
            standards.create({"name": "T", "case_model": "water.inquiry", "line_ids": rows})
        partners = Sent(self._as("agent", self.env["res.partner"]))
        rows = [[0, 0, {"name": "x", "parent_id": self.stranger.id}, 1]]
        with self.assertRaisesRegex(AccessError, CLOSED):
            partners.create({"name": "x", "child_ids": rows})

    def test_parent_in_a_form_is_checked(self):
        """A form sends the values of a row's parent with the row, by its link."""
        case = self._as("agent", self.env["water.inquiry"])
        values = {"partner_id": {"id": self.stranger.id}}
        with self.assertRaisesRegex(AccessError, CLOSED):
            Sent(case).onchange(values, ["partner_id"], {"partner_id": {"fields": {}}})
        values = {"partner_id": {"id": self.customer.id, "parent_id": self.stranger.id}}
        with self.assertRaisesRegex(AccessError, CLOSED):
            Sent(case).onchange(values, ["partner_id"], {"partner_id": {"fields": {}}})

    def test_id_beside_a_model_is_read_as_odoo_reads_it(self):
        theirs = self._inquiry("foreign", company_id=self.company2.id, partner_id=False)
        activities = Sent(self._as("agent", self.env["mail.activity"]))
        model = self.env["ir.model"]._get_id("water.inquiry")
        for number in (theirs.id, float(theirs.id), f" {theirs.id}"):
            with self.subTest(number), self.assertRaises(AccessError):
                activities.create({"res_model_id": model, "res_id": number})

    def test_text_in_arguments_of_own_methods_is_cleaned(self):
        sent = ["王\u202e芳\0", {"a\0": ["\u3000", 7, None]}]
        call = {"model": "water.api", "method": "submit", "args": sent, "kwargs": {"case": "\0x"}}
        self._enter(call)
        self.assertEqual(call["args"], ["王芳", {"a": ["", 7, None]}])
        self.assertEqual(call["kwargs"], {"case": "x"})

    def test_null_byte_in_a_search_of_ours_finds_nothing(self):
        found = Sent(self._as("agent", self.env["water.home.item"])).find_case("\0")
        self.assertFalse(found and found.get("res_id"))

    def test_name_of_a_new_record_is_cleaned(self):
        zones = Sent(self._as("manager", self.env["water.category"]))
        for name in ("\u3000", "类\0别", "类" * 2_001):
            with self.subTest(name[:3]), self.assertRaises(ValidationError):
                zones.name_create(name)

    def test_rows_of_a_table_are_checked(self):
        """As Odoo's import loads them, by whichever button."""
        cases = Sent(self._as("agent", self.env["water.inquiry"]))
        head = ["subject", "description", "partner_id/.id"]

        def load(*row):
            answer = cases.load(head, [list(row)])
            told = " ".join(message["message"] for message in answer["messages"])
            return self.env["water.inquiry"].browse(answer["ids"] or ()), told

        case, told = load("停\u202e水", "x", str(self.customer.id))
        self.assertEqual((case.subject, told), ("停水", ""))
        for row, words in (
            (("停\0水", "x", ""), "value is not possible"),
            (("停水", "x" * 100_001, ""), "Please shorten"),
            (("\u3000", "x", ""), "it cannot be blank"),
            (("停水", "x", str(self.stranger.id)), CLOSED),
        ):
            with self.subTest(words):
                case, told = load(*row)
                self.assertFalse(case)
                self.assertIn(words, told)

    def test_usual_commands_pass(self):
        zones = self._as("manager", self.env["water.category"])
        kind = Sent(zones).create(
            {
                "name": "类别",
                "code": "zz01",
                "support_department_ids": [[6, False, self.net.ids], [4, self.net.id, False]],
            }
        )
        self.assertEqual(kind.support_department_ids, self.net)
        Sent(kind).write({"support_department_ids": [Command.clear()]})
        self.assertFalse(kind.support_department_ids)
