from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...base.tests import acts
from ...base.trust import trusted
from .common import RequestCommon

EACH = {"water.case.event", "water.message", "water.deadline"}
OF_A_REPAIR = EACH | {"water.dispatch", "water.visit"}
OF_AN_APPLICATION = EACH | {"water.request.material", "water.request.decision"}
OF_AN_APPLICATION |= {"water.request.notice", "water.request.step"}
OF_AN_INQUIRY = EACH | {"water.deadline.pause"}


@tagged("post_install", "-at_install")
class TestOwnRequest(RequestCommon):
    """Staff see nothing of their own case as customers."""

    def _hanging(self, case):
        """All rows that belong to the case, by one required link or two: ``{model: rows}``."""
        found, heirs = {}, [(case._name, case)]
        for name, rows in heirs:
            for model in self.env.values():
                for field in model._fields.values() if self._is_kept(model) else ():
                    if field.comodel_name == name and self._is_link(model, field):
                        mine = model.sudo().search([(field.name, "in", rows.ids)])
                        if mine and model._name not in found:
                            found[model._name] = mine
                            heirs.append((model._name, mine))
        return found

    def _is_kept(self, model):
        return not (model._abstract or model._transient) and model._name.startswith("water.")

    def _is_link(self, model, field):
        links = model._case_models() if hasattr(model, "_case_models") else ()
        says = field.required or field.name in links or not model._auto
        return field.type == "many2one" and field.store and says

    def assertClosed(self, case, expected):
        """Others see all of it, and the supervisor nothing once it is theirs."""
        him = self.users["supervisor"]
        rows = self._hanging(case)
        self.assertLessEqual(expected, rows.keys())
        seen = {n: r.with_user(him) for n, r in rows.items() if r.with_user(him).has_access("read")}
        self.assertLessEqual(expected, seen.keys())
        trusted(case).partner_id = him.partner_id
        for name, mine in seen.items():
            with self.subTest(name):
                self.assertFalse(mine.search([("id", "in", mine.ids)]))
                self.assertFalse(mine._filtered_access("read"))
                self.assertFalse(mine.name_search("", [("id", "in", mine.ids)]))
                with self.assertRaises(AccessError):
                    mine.check_access("read")

    def test_repair(self):
        case = self._repair(partner_id=self.customer.id)
        self._dispatch(case)
        self._plan(case)
        self.assertClosed(case, OF_A_REPAIR)

    def test_application(self):
        case = self._accepted(partner_id=self.customer.id)
        ask = acts.ask_decision(self._as("agent", case), "delay", self.frost, "临时用水", amount=3)
        self._as("manager", ask).action_approve()
        self.assertClosed(case, OF_AN_APPLICATION)

    def test_inquiry(self):
        case = self._inquiry(partner_id=self.customer.id, email_from="customer@example.com")
        clock = self._clock(case, "close").with_user(self.users["agent"])
        acts.pause(clock, "等客户提供照片", self._later(days=2))
        self.assertClosed(case, OF_AN_INQUIRY)

    def _around(self, case, login="supervisor"):
        """How much of the case a member of staff finds beside its rows, by each way."""
        mine = self._as(login, case)
        env, here = mine.env, [("id", "=", case.id)]
        about = [("res_model", "=", case._name), ("res_id", "=", case.id)]
        said = [("model", "=", case._name), ("res_id", "=", case.id), ("body", "like", "室内漏水")]
        return {
            "list": len(mine.search(here)),
            "names": len(mine.name_search(case.name, here)),
            "groups": len(mine.formatted_read_group(here, ["state"], ["__count"])),
            "messages": env["mail.message"].search_count(said),
            "files": env["ir.attachment"].search_count(about),
            "todos": env["mail.activity"].search_count(about),
            "letters": env["water.message"].search_count([("request_id", "=", case.id)]),
        }

    def test_around_it(self):
        """Messages, files, activities and figures, all visible before."""
        case, him = self._repair(partner_id=self.customer.id), self.users["supervisor"]
        self._as("agent", case).message_post(body="室内漏水", partner_ids=him.partner_id.ids)
        about = {"res_model": case._name, "res_id": case.id}
        self.env["ir.attachment"].create({"name": "a.txt", "raw": b"x", **about})
        case.activity_schedule("mail.mail_activity_data_todo", user_id=him.id)
        before = self._around(case)
        self.assertTrue(all(before.values()), before)
        trusted(case).partner_id = him.partner_id
        after = self._around(case)
        self.assertFalse(any(after.values()), after)
