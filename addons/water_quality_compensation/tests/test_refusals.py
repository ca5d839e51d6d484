"""The dialog for refusals: all users, all records, twice, odd values."""

from odoo.exceptions import UserError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.attempts import attempts
from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.tests.doors import call_kw

from .attack_common import Attack
from .waiting_common import WaitingCommon

DIALOG = "water.refusal.wizard"
#: by the field that says whether the present user decides
DECIDES = {
    "water.deadline.pause": "can_decide",
    "water.deadline": "can_excuse",
    "water.request.decision": "can_decide",
    "water.sign.off": "can_decide",
    "water.setting.change": "can_decide",
    "water.compensation.exemption": "can_decide",
    "water.destruction": "can_decide",
}
LOGINS = (
    *("agent", "department", "supervisor", "quality", "manager", "other", "privacy", "finance"),
    *("plain", "portal1", "integration"),
)
#: a caller's values for the refused record and the reason
ODD_RECORDS = (
    *("nonsense", "res.users,2", f"{DIALOG},1", "water.deadline.pause,0", "water.deadline,-1"),
    *("water.deadline.pause,x", "water.deadline.pause,99999999999999999999", "", None, False, 7),
    *([], {}, {"id": 1}, [[6, 0, [1]]], "water.complaint,1", "\x00", ",", "water.deadline,1,2"),
)
ODD_REASONS = ("　", "\x00", "\ud800", "", None, False, 7, [], {}, [[0, 0, {}]], "x" * 2_000_000)
#: In what words a second one is told so.
DECIDED = "decided already|No excuse waits|Another manager|taken already"
#: data that no answer may contain
INSIDES = ("psycopg2", "SELECT ", "UPDATE ", "INSERT ", "violates", "relation ", 'File "')


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestRefusals(Attack, WaitingCommon):
    def _waiting(self):
        found = {record._name: record for record, _act in self._duties().values()}
        found["water.compensation.exemption"] = self._exemption()
        models = [name for name, _label in self.env[DIALOG]._selection_record()]
        self.assertEqual(sorted(models), sorted(DECIDES))
        return {name: found[name] for name in models}

    def _exemption(self):
        code = self.env["water.compensation.exemption.code"].search([], limit=1)
        incident = self.env["water.incident"].create(
            {"subject": "爆管", "zone_ids": self.env["water.zone"].search([], limit=1).ids}
        )
        span = {"from_at": "2026-03-10 00:00:00", "until_at": "2026-03-10 01:00:00"}
        values = {"incident_id": incident.id, "code_id": code.id, "note": "x", **span}
        return self.env["water.compensation.exemption"].create(values)

    def _refuses(self, login, record, reason="不同意"):
        """The result of a remote call, which is rolled back."""
        dialogs = self.env[DIALOG].with_user(self.users[login])
        values = {"record": f"{record._name},{record.id}", "reason": reason}
        try:
            with self.tried.attempt():
                made = call_kw(dialogs, "create", [values], {})
                call_kw(dialogs, "action_refuse", [made], {})
        except UserError as refusal:
            return str(refusal)
        return None

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_any_person(self):
        """Only those who decide on it; others' attempts change nothing."""
        self.users["privacy"] = self._new_user("privacy", "water_service_desk.group_privacy")
        waiting = self._waiting()
        self.env.cr.flush()
        before, refused = self._state_of_database(), 0
        with attempts(self.env) as self.tried:
            for login in LOGINS:
                for model, record in waiting.items():
                    mine = self._as(login, record)
                    may = mine.has_access("read") and mine[DECIDES[model]]
                    answer = self._refuses(login, record)
                    with self.subTest(login=login, model=model):
                        self.assertEqual(answer is None, may, answer)
                    refused += answer is not None
            for model, record in waiting.items():
                with self.subTest("without words", model=model):
                    self.assertRegex(self._refuses("other", record, "　") or "", "“Reason”")
        self.assertGreater(refused, len(LOGINS) * 3)
        self.assertUnchanged(before)

    def test_twice(self):
        """A second refusal or approval is told that it was decided."""
        for model, record in self._waiting().items():
            mine = self._as("other", record)
            acts.refuse(mine, "不同意")
            self.env.flush_all()
            for again in ("_refuse", "action_approve", "action_excuse"):
                if hasattr(mine, again):
                    args = ("再次",) if again == "_refuse" else ()
                    with self.subTest(model=model, call=again):
                        with self.assertRaisesRegex(UserError, DECIDED):
                            getattr(mine, again)(*args)


@tagged("post_install", "-at_install")
class TestRefusalsHttp(HttpCase):
    @mute_logger("odoo.http", "odoo.sql_db", "odoo.models")
    def test_odd_words(self):
        """Any value is refused with a message that reveals nothing of the database."""
        user = self.env["res.users"].create(
            {
                "login": "water_refuser",
                "password": "water_refuser",
                "name": "x",
                "group_ids": [(4, self.env.ref("water_service_desk.group_manager").id)],
            }
        )
        self.authenticate(user.login, user.login)
        odd = [(record, "x") for record in ODD_RECORDS]
        odd += [("water.deadline.pause,999999999", reason) for reason in ODD_REASONS]
        for record, reason in odd:
            with self.subTest(record=str(record)[:40], reason=str(reason)[:40]):
                told = self._told(record, reason)
                self.assertFalse([word for word in INSIDES if word in told], told)

    def _told(self, record, reason):
        """In what words the dialog was refused."""
        try:
            made = self._call("create", {"record": record, "reason": reason})
            self._call("action_refuse", [made])
        except JsonRpcException as fault:
            return str(fault)
        return ""

    def _call(self, name, *args):
        params = {"model": DIALOG, "method": name, "args": args, "kwargs": {}}
        return self.make_jsonrpc_request(f"/web/dataset/call_kw/{DIALOG}/{name}", params)
