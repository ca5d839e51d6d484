from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..links import check_links
from .doors import ForeignCommon, Sent

CLOSED = "refers to a record you cannot see. Your change was not saved."


@tagged("post_install", "-at_install")
class TestNamed(ForeignCommon):
    """Records of ours cannot refer to records that their author cannot read."""

    def assertClosed(self, work):
        """Refused in words, without the name."""
        with self.assertRaisesRegex(AccessError, CLOSED) as refused:
            work()
        self.assertNotIn("外司", str(refused.exception))

    def test_a_new_record(self):
        own = self._as("agent", self.env["water.inquiry"])
        cases = Sent(own)
        self.assertClosed(lambda: cases.create({"partner_id": self.stranger.id}))
        begun = Sent(own.with_context(default_partner_id=self.stranger.id))
        self.assertClosed(lambda: begun.create({}))
        good = {"description": "x", "partner_id": self.customer.id}
        self.assertClosed(lambda: cases.create([good, {"partner_id": self.stranger.id}]))

    def test_dialog_with_closed_record_is_refused(self):
        """Dialogs are created by remote calls as well; their methods write as the system."""
        calls = Sent(self._as("agent", self.env["water.call"]))
        self.assertClosed(lambda: calls.create({"query": "x", "partner_id": self.stranger.id}))
        case = self._inquiry()
        dialogs = self._as("supervisor", self.env["water.dispatch.wizard"])
        dialogs = dialogs.with_context(active_model=case._name, active_ids=case.ids)
        self.assertClosed(lambda: Sent(dialogs).create({"department_id": self.unit.id}))
        row = {"support_department_ids": [Command.set(self.unit.ids)]}
        self.assertClosed(lambda: Sent(dialogs).create({"department_id": self.net.id, **row}))
        dialog = dialogs.create({"department_id": self.net.id})
        self.assertClosed(lambda: Sent(dialog).write({"department_id": self.unit.id}))

    def test_written_text(self):
        case = Sent(self._as("agent", self._inquiry()))
        self.assertClosed(lambda: case.write({"partner_id": self.stranger.id}))
        units = self._as("manager", self.env["water.department"])
        unit = units.create({"name": "新部门", "code": "NEW"})
        self.assertClosed(lambda: Sent(unit).write({"parent_id": self.unit.id}))

    def test_lists(self):
        zones = Sent(self._as("manager", self.env["water.zone"]))
        row = {"name": "片区", "code": "ZZ", "department_id": self.unit.id}
        self.assertClosed(lambda: zones.create(row))
        kinds = Sent(self._as("manager", self.env["water.category"]))
        for way in ([Command.set(self.unit.ids)], [Command.link(self.unit.id)], self.unit.ids):
            row = {"name": "类别", "code": "zz01", "support_department_ids": way}
            with self.subTest(way):
                self.assertClosed(lambda row=row: kinds.create(row))

    def test_files_and_people_of_others(self):
        """A file that only its owner sees, and a colleague of another company."""
        theirs = self._as("agent2", self.env["ir.attachment"])
        file = theirs.create({"name": "外司.txt", "raw": b"x"})
        guides = Sent(self._as("manager", self.env["water.guide"]))
        row = {"name": "指南", "code": "ZZ", "category_id": self._category("nc01").id}
        self.assertClosed(lambda: guides.create({**row, "form_ids": [Command.link(file.id)]}))
        own = self._as("manager", self.env["ir.attachment"]).create({"name": "a.txt", "raw": b"x"})
        self.assertTrue(guides.create({**row, "form_ids": [Command.link(own.id)]}).form_ids)

    def test_work_is_given_to_own_people(self):
        """Not to customers, nor to people of other companies, by any method."""
        case = self._as("agent", self._inquiry())
        words = "choose a member of staff|you cannot see"
        new = {"subject": "x", "description": "x"}
        for login in ("portal1", "foreign"):
            given = self.users[login].id
            with self.subTest(login), self.assertRefused(words, case):
                Sent(case).write({"user_id": given})
            for name in ("user_id", "first_responsible_id"):
                with self.subTest(login=login, name=name), self.assertRefused(words):
                    Sent(case.browse()).create({**new, name: given})
        case.user_id = self.users["agent2"]
        born = case.create({**new, "user_id": self.users["agent2"].id})
        self.assertEqual((case.user_id, born.user_id), (self.users["agent2"],) * 2)

    def test_existing_values(self):
        """Sending a form back unchanged works despite others' values in it."""
        case = self._inquiry()
        self.env.cr.execute(  # as it is where a contact was moved to another company
            "UPDATE water_inquiry SET partner_id = %s WHERE id = %s", [self.stranger.id, case.id]
        )
        self.env.invalidate_all()
        seen = self._as("agent", case)
        Sent(seen).write({"partner_id": self.stranger.id})
        self.assertEqual(case.sudo().partner_id, self.stranger)
        both = seen | self._as("agent", self._inquiry())
        self.assertClosed(lambda: Sent(both).write({"partner_id": self.stranger.id}))

    def test_one_question_for_many(self):
        """A hundred rows that name a hundred contacts are asked about at once."""
        people = self.env["res.partner"].create([{"name": f"客户{n}"} for n in range(100)])
        cases = self._as("agent", self.env["water.inquiry"])
        counts = []
        for chosen in (people[:1], people[:1], people):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            check_links(cases, *({"partner_id": person.id} for person in chosen), {})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1])
