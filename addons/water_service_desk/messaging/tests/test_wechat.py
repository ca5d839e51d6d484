"""WeChat through a platform that wants an access token: a simulator of it over real HTTP."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time

from ...base.trust import trusted
from .. import wechat
from ..models.water_gateway import EARLY
from .common import MessageCommon

DATA = {
    "character_string1": {"value": "{number}"},
    "thing2": {"value": "{name}"},
    "time3": {"value": "{due}"},
}


class Platform:
    """Gives tokens that hold for two hours, and takes template messages that carry a good one."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.given = 0
        self.good = set()
        self.refusal = 0
        self.seconds = 7200

    def answer(self):
        """Answer the request that came in last."""
        request = self.gateway.requests[-1]
        if request["path"] == "/cgi-bin/stable_token":
            return self._token(request["json"])
        if request["query"].get("access_token") not in self.good:
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}
        return 200, {"errcode": self.refusal, "errmsg": "", "msgid": 1700000000}

    def _token(self, wanted):
        if (wanted["appid"], wanted["secret"]) != ("wx123", "s3cret"):
            return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}
        self.given += 1
        self.good = {f"token-{self.given}"}
        return 200, {"access_token": f"token-{self.given}", "expires_in": self.seconds}


@tagged("post_install", "-at_install")
class TestWechat(MessageCommon):
    def setUp(self):
        super().setUp()
        self.platform = Platform(self.server)
        self.server.next_answer = self.platform.answer
        api = self.server.url.replace("/send", "/cgi-bin")
        preset = {
            name: value.replace(wechat.API, api).replace("AppID", "wx123")
            for name, value in wechat.PRESET.items()
        }
        self.wechat = self._gateway(name="公众号", medium="wechat", **preset, secret="s3cret")
        self.template = self.env.ref("water_service_desk.mail_template_inquiry_acknowledgement")
        self.template.write({"water_gateway_code": "TPL-1", "water_gateway_data": json.dumps(DATA)})
        self.customer.water_wechat_openid = "oABC"
        self.customer.water_message_medium = "wechat"

    def _sent(self):
        """The template messages that arrived."""
        return [row for row in self.server.requests if row["path"].endswith("/template/send")]

    def test_message_arrives(self):
        """Number, name and date under the names that the approved template has."""
        message = self._message()
        self._run()
        self.assertEqual((message.state, message.reference), ("sent", "1700000000"))
        [sent] = self._sent()
        body = sent["json"]
        self.assertEqual((body["touser"], body["template_id"]), ("oABC", "TPL-1"))
        self.assertEqual(body["client_msg_id"], message.key)
        case = message.inquiry_id
        self.assertEqual(body["data"]["character_string1"], {"value": case.name})
        self.assertEqual(set(body["data"]), set(DATA))
        self.assertLessEqual(len(body["data"]["thing2"]["value"]), 20)
        self.assertEqual(body["url"], case._customer_link())
        self.assertNotIn("s3cret", json.dumps(body))

    def test_token_is_kept_until_it_ends(self):
        """One token for all messages, another one before the first does not hold any more."""
        now = fields.Datetime.now()
        with freeze_time(now):
            for _number in range(3):
                self._message()
            self._run()
        self.assertEqual((len(self._sent()), self.platform.given), (3, 1))
        with freeze_time(now + timedelta(seconds=7200 - EARLY)):
            self._message()
            self._run()
        self.assertEqual((len(self._sent()), self.platform.given), (4, 2))

    def test_token_that_holds_no_longer(self):
        """Another was fetched concurrently: one more, and the message goes out."""
        self._message()
        self._run()
        self.platform.good = {"of another server"}
        message = self._message()
        self._run()
        self.assertEqual((message.state, message.attempt_count), ("sent", 1))
        self.assertEqual(self.platform.given, 2)

    def test_token_of_another_source(self):
        self._message()
        self._run()
        self.wechat.token_body = self.wechat.token_body
        self._message()
        self._run()
        self.assertEqual((len(self._sent()), self.platform.given), (2, 2))

    def test_no_token(self):
        """A wrong secret: the message waits and says why, without the secret."""
        self.wechat.secret = "wrong"
        message = self._message()
        self._run()
        self.assertEqual((message.state, message.failure_code), ("failed", "token"))
        self.assertIn("no access token", message.failure_reason)
        self.assertFalse(self._sent())

    def test_platform_that_names_no_sensible_time(self):
        """Its claim about the time does not stop messages."""
        for told in (10**30, "²", "soon", -1):
            trusted(self.wechat.sudo()).token = False
            self.platform.seconds = told
            message = self._message()
            self._run()
            self.assertEqual((told, message.state), (told, "sent"))

    def test_former_follower(self):
        """Refused for good: given up at the first attempt, before a supervisor."""
        self.platform.refusal = 43004
        message = self._message()
        self._run()
        self.assertEqual((message.state, message.attempt_count), ("given_up", 1))
        self.assertIn("43004", message.failure_reason)

    def test_set_up_in_the_form(self):
        """Choosing WeChat fills in what the platform asks for; the typed text is kept."""
        with Form(self.env["water.gateway"]) as form:
            form.name = "公众号"
            form.medium = "wechat"
            self.assertEqual(form.success_path, "errcode")
            form.token_body = form.token_body.replace("AppID", "wx9")
        form.record.medium = "sms"
        with Form(form.record) as again:
            again.medium = "wechat"
            self.assertIn("wx9", again.token_body)

    def test_impossible_setup(self):
        for values, words in (
            ({"token_url": "ftp://x/y"}, "begins with http"),
            ({"token_body": '{"phone": "{address}"}'}, "{secret} alone is sent, not {address}"),
            ({"token_body": "x"}, "no JSON object"),
            ({"token_path": False}, "where in the answer the token stands"),
        ):
            with self.subTest(values=values), self.assertRefused(words, self.wechat):
                self.wechat.write(values)
        for text in ("x", '["a"]', '{"thing1": "x"}', '{"thing1": {"value": 1}}'):
            with self.subTest(text=text), self.assertRefused("JSON object", self.template):
                self.template.water_gateway_data = text
        with self.assertRefused("Unknown placeholders: {surname}", self.template):
            self.template.water_gateway_data = '{"thing1": {"value": "{surname}"}}'

    def test_token_belongs_to_no_one(self):
        """Neither lists nor exports show it, to administrators either."""
        self._message()
        self._run()
        admin = self.wechat.with_user(self.env.ref("base.user_admin"))
        self.assertNotIn("token", admin.fields_get())
        self.assertNotIn("token", admin.read()[0])


@tagged("post_install", "-at_install")
class TestWechatLengths(MessageCommon):
    def test_cut_to_what_is_taken(self):
        """A value is cut where the platform would refuse the message for its length."""
        long = "一二三四五六七八九十" * 4
        cut = wechat.shortened({name: {"value": long} for name in ("thing1", "phrase2", "time3")})
        self.assertEqual([len(cut[name]["value"]) for name in cut], [20, 5, len(long)])
        self.assertTrue(cut["thing1"]["value"].endswith("…"))
        exact = {"thing1": {"value": long[:20], "color": "#173177"}}
        self.assertEqual(wechat.shortened(exact), exact)
