"""Every call of the interface on cases in every state that closes or ends something."""

import base64
import inspect
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.water_complaints.archive.tests.common import ArchiveCommon
from odoo.addons.water_complaints.complaint.tests.common import WAY, ComplaintPeople
from odoo.addons.water_service_desk.api.tests.common import ApiCommon
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.attempts import attempts
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.intake.tests.upload_samples import PNG

from .attack_common import Attack, own_methods

NUMBER, OPENID = "wx-1", "wx-openid-7788"
NAME, PHONE, MAIL, PLACE = "欧阳水清", "13700001111", "ouyang@wx.example", "柳荫巷77号"
SAID = "水表估抄三个月"
#: the customer's own words, and internal data
PERSON = (NAME, PHONE, MAIL, PLACE)
HIS = (*PERSON, SAID)
INSIDE = ("已电话告知", "water_agent", "water_department", "现场抄见", "隔壁王先生")
#: arguments for parameters of this name
GIVEN = {
    "external_id": NUMBER,
    "message": "再补充一句",
    "reason": "不对",
    "step": "cancel",
    "appointment": "1",
    "material": "1",
    "file": "1",
    "files": None,
    "reference": OPENID,
    "account_number": "A-1",
    "ticket": "x",
    "code": "123456",
    "customer": {"reference": OPENID},
    "account": {"account_number": "A-1", "holder_name": NAME, "meter_number": "x"},
    "query": SAID,
    "place": PLACE,
    "kind": None,
    "channel": None,
    "message_id": None,
    "step_id": None,
    "case": None,
    "cases": None,
    "calls": [],
    "bills": [],
    "readings": [],
    "balances": [],
}
VALUES = {
    "confirm": {"result": "5", "process": "5"},
    "appeal": {"reason": "不服"},
    "appointment": {"reason": "出差"},
}
#: calls that report a state and never change it
READING = frozenset(
    "accounts appeals appointments articles bills categories file files guides materials outages"
    " readings states status".split()
)
#: Calls that hand in something new: not about existing records.
FRESH = frozenset("submit submit_batch".split())
#: {how a case has come out: what its customer may still do with it in an app}
MAY = {
    "confidential": {"append"},
    "restricted": {"append"},
    "told": {"append", "confirm", "contest", "appeal"},
    "withdrawn": set(),
    "merged": {"append"},
    "archived": {"appeal"},
    "erased": set(),
    "destroyed": set(),
}
#: data no longer left of the person
GONE = {"erased": PERSON, "destroyed": HIS}


def calls(api):
    """``{name: arguments}`` of every public method of the interface."""
    found = {}
    for name in own_methods(type(api)):
        module = getattr(type(api), name).__module__
        if not module.rpartition(".")[2].startswith("water_api"):
            continue  # what every model has
        names = inspect.signature(getattr(api, name)).parameters
        found[name] = {n: VALUES.get(name) if n == "values" else GIVEN[n] for n in names}
    assert len(found) > 25
    return found


@tagged("post_install", "-at_install")
class TestApiStates(Attack, ApiCommon, ArchiveCommon):
    """What the interface reads, writes, reopens and is told, in each state of the case."""

    def setUp(self):
        super().setUp()
        calls = self.env.registry["water.api.call"]
        self.startPatcher(patch.object(calls, "_count", lambda *_args: None))

    # -- how a case comes there -----------------------------------------------------------------

    def _filed(self, **values):
        """A complaint handed in by the app, in the hands of ``agent``."""
        case = {
            "external_id": NUMBER,
            "kind": "complaint",
            "category": self._category("bl02").code,
            "description": SAID,
            "demand": "重新计费",
            "address": PLACE,
            "occurred_at": "2026-03-10 08:00",
            "customer": {"name": NAME, "phone": PHONE, "email": MAIL, "reference": OPENID},
            "files": [{"name": "a.png", "content": base64.b64encode(PNG).decode()}],
            **values,
        }
        receipt = self.api.submit(case)
        filed = self.env["water.complaint"].search([("name", "=", receipt["number"])])
        acts.hand_over(self._as("supervisor", filed), self.users["agent"], "x")
        self._as("agent", filed).message_post(body="已电话告知隔壁王先生")
        return filed

    def _walked(self, state):
        case = self._filed()
        for step in WAY[1 : WAY.index(state) + 1]:
            getattr(self, f"_step_{step}")(case, "agent", self.net)
            case.invalidate_recordset()
        return case

    def _at_confidential(self):
        return self._filed(confidential=True)

    def _at_restricted(self):
        return self._filed(category=self._category("st04").code)

    def _at_told(self):
        return self._walked("notified")

    def _at_withdrawn(self):
        return self._ended(self._filed(), "withdrawn")

    def _at_merged(self):
        values = {"partner_id": self.customer2.id, "subject": "隔壁王先生的水表"}
        values["description"] = "隔壁王先生说水表走得快"
        case, lead = self._filed(), self._complaint(**values)
        ended = {"duplicate_of_id": lead.id, "end_reason": "同一件事", "state": "merged"}
        self._as("supervisor", case).write(ended)
        return case

    def _at_archived(self):
        return self._walked("archived")

    def _at_erased(self):
        case = self._ended(self._filed(), "withdrawn")
        trusted(case.sudo())._erase("本人要求")  # its years are tried elsewhere
        return case

    def _at_destroyed(self):
        case = self._walked("archived")
        with self._later():
            case.sudo()._destroy("XH-1")
        return case

    def _come(self, state):
        case = getattr(self, f"_at_{state}")()
        self.env.cr.flush()  # what its thread says of the change as well
        self.env.invalidate_all()
        return case

    # -- the calls -------------------------------------------------------------------------

    def _try(self, api, name, given):
        """``(answer, None)`` of a call, or ``(None, its refusal)``."""
        try:
            with self.tried.attempt():
                return getattr(api, name)(**given), None
        except UserError as refusal:
            return None, refusal

    def _walk(self, state, case):
        """Call everything once; each call is rolled back."""
        closed = (*INSIDE, *GONE.get(state, ()))
        for name, given in calls(self.api).items():
            answer, refusal = self._try(self.api, name, given)
            with self.subTest(state=state, call=name):
                self.assertFalse([word for word in closed if word in str(answer)], answer)
                self.assertFalse([word for word in INSIDE if word in str(refusal)])
                if name in READING and "external_id" in given and name != "file":
                    self.assertIsNone(refusal)
                elif "external_id" in given:
                    self.assertEqual(refusal is None, name in MAY[state], refusal)

    def test_every_call_in_every_state(self):
        """The status lists the allowed steps; nothing else is readable, writable or reopened."""
        for state in MAY:
            with self.env.cr.savepoint() as point:
                case = self._come(state)
                can = self.api.status(NUMBER)["can"]
                with self.subTest(state=state):
                    self.assertEqual({name for name, may in can.items() if may}, MAY[state])
                before = self._state_of_database()
                with attempts(self.env) as self.tried:
                    self._walk(state, case)
                self.assertUnchanged(before)
                self.env.invalidate_all()
                self.assertWhole(case)
                point.rollback()
            self.env.invalidate_all()

    def test_handed_in_again(self):
        """The same number gives the same case in any state, without a change."""
        for state in MAY:
            with self.env.cr.savepoint() as point:
                case = self._come(state)
                before = self._state_of_database()
                again = {"external_id": NUMBER, "kind": "inquiry", "description": "换一句"}
                contact = {"name": NAME, "phone": PHONE, "reference": OPENID}
                receipt = self.api.submit({**again, "category": "GN", "customer": contact})
                with self.subTest(state=state):
                    self.assertEqual((receipt["result"], receipt["number"]), ("known", case.name))
                    self.assertUnchanged(before)
                point.rollback()
            self.env.invalidate_all()

    def test_a_machine_of_another_company(self):
        """Other apps' calls do not find it by number, reference or account."""
        self._filed()
        other = self.env["res.company"].create({"name": "Second Water"})
        groups = "base.group_user,water_service_desk.group_integration"
        machine = self._new_user("machine2", groups, company_id=other.id)
        machine.water_channel_ids = self._channel("wechat")
        api = self.env["water.api"].with_user(machine).with_company(other)
        self.env.cr.flush()
        before = self._state_of_database()
        with attempts(self.env) as self.tried:
            for name, given in calls(self.api).items():
                answer, refusal = self._try(api, name, given)
                with self.subTest(call=name):
                    self.assertFalse([word for word in HIS if word in str(answer)])
                    if {"external_id", "reference"} & given.keys():
                        self.assertIsInstance(refusal, MissingError)
            for company in (self.company, other):
                here = api.with_context(allowed_company_ids=[company.id, other.id])
                _answer, refusal = self._try(here, "status", {"external_id": NUMBER})
                self.assertIsInstance(refusal, (AccessError, MissingError))
        self.assertUnchanged(before)


@tagged("post_install", "-at_install")
class TestApiKeyTaken(ComplaintPeople, HttpCase):
    """A revoked key opens nothing from the next call on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        counted = cls.env.registry["water.api.call"]
        cls.startClassPatcher(patch.object(counted, "_count", lambda *_args: None))
        cls.machine = cls.users["integration"]
        cls.machine.water_channel_ids = cls._channel("wechat")

    def _key(self):
        with self.enter_registry_test_mode():
            keys = self.env["res.users.apikeys"].with_user(self.machine).sudo()
            until = fields.Datetime.add(fields.Datetime.now(), days=30)
            return keys._generate("rpc", "taken", until)

    def _asked(self, key, name, given):
        headers, given = {"Authorization": f"bearer {key}"}, {**given, "context": {}}
        return self.url_open(f"/json/2/water.api/{name}", json=given, headers=headers)

    def _losses(self):
        """Events of a key: {name: what causes it, and what reverts it}."""
        role, off = self.env.ref("water_service_desk.group_integration"), {"active": False}
        lapsed = "UPDATE res_users_apikeys SET expiration_date = now() - interval '1 hour'"
        channel = self.machine.water_channel_ids
        return {
            "without its role": (
                lambda: self.machine.write({"group_ids": [(3, role.id)]}),
                lambda: self.machine.write({"group_ids": [(4, role.id)]}),
            ),
            "switched off": (
                lambda: self.machine.write(off),
                lambda: self.machine.write({"active": True}),
            ),
            "lapsed": (lambda: self.env.cr.execute(lapsed), lambda: None),
            "bound to nothing": (
                lambda: self.machine.write({"water_channel_ids": [(5,)]}),
                lambda: self.machine.write({"water_channel_ids": [(6, 0, channel.ids)]}),
            ),
        }

    @mute_logger("odoo.http", "odoo.addons.base.models.res_users", "odoo.addons.rpc")
    def test_taken(self):
        methods = calls(self.env["water.api"])
        for how, (take, give_back) in self._losses().items():
            key = self._key()
            self.assertEqual(self._asked(key, "states", {}).status_code, 200)
            take()
            self.env.flush_all()
            for name, given in methods.items():
                with self.subTest(how, call=name):
                    self.assertIn(self._asked(key, name, given).status_code, (401, 403))
            give_back()
            self.env.flush_all()
