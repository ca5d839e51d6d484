"""Outages before cases: page, search, map, feeds and “I am affected too”."""

import json
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.public_page.tests.common import REPORT, PublicCase

PAGE = "/water/outages"
SQUARE = '{"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]}'


@tagged("post_install", "-at_install")
class TestOutagePage(PublicCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        zones = cls.env["water.zone"]
        cls.env["water.incident"].search([]).on_page = False
        cls.zone = zones.create({"code": "T-1", "name": "梧桐片区", "outline": SQUARE})
        cls.account.write({"zone_id": cls.zone.id, "address": "梧桐大道8号2单元301"})
        cls.incident = cls._incident(subject="梧桐大道爆管", cause="DN400 主管爆裂")

    @classmethod
    def _incident(cls, state="open", **values):
        now = fields.Datetime.now()
        values = {
            "zone_ids": cls.zone.ids,
            "aware_at": now - timedelta(hours=1),
            "expected_at": now + timedelta(hours=4),
            **values,
        }
        incident = cls.env["water.incident"].create(values)
        trusted(incident).write({"state": state, "restored_at": state == "restored" and now})
        return incident

    def _news(self, text):
        return trusted(self.env["water.incident.notice"]).create(
            {
                "incident_id": self.incident.id,
                "kind": "progress",
                "body": text,
                "user_id": self.env.uid,
            }
        )

    def _affected(self):
        self.env.invalidate_all()
        return self.env["water.incident.affected"].search([("incident_id", "=", self.incident.id)])

    # -- display ------------------------------------------------------------------------------

    def test_page(self):
        self._news("抢修人员已到场。")
        self.incident.tanker_ids = [
            (0, 0, {"place": "梧桐广场", "latitude": 0.5, "longitude": 1.0}),
            (0, 0, {"place": "远方", "latitude": 40, "longitude": 100}),
        ]
        planned = self._incident(
            subject="计划停水",
            kind_id=self.env.ref("water_complaints.incident_kind_planned").id,
            aware_at=fields.Datetime.now() + timedelta(days=2),
            expected_at=fields.Datetime.now() + timedelta(days=3),
        )
        over = self._incident("restored", subject="已经恢复")
        hidden = self._incident(subject="不公开", on_page=False)
        proposed = self._incident("proposed", subject="还未核实")
        page = self.page(self.visit(PAGE))
        cards = page.xpath("//article/@id")
        self.assertEqual(cards, [f"outage_{row.id}" for row in (self.incident, planned, over)])
        text = self.text(self.visit(PAGE))
        for words in ("DN400 主管爆裂", "抢修人员已到场。", "梧桐广场", "Expected back by"):
            self.assertIn(words, text)
        self.assertEqual(len(page.xpath("//svg//path[@class='o_water_outage']")), 1)
        self.assertEqual(len(page.xpath("//svg[contains(@class, 'o_water_map')]/circle")), 1)
        for row in (hidden, proposed):
            self.assertStatus(self.visit(f"{PAGE}/{row.id}"), 404)
        old = {"restored_at": fields.Datetime.now() - timedelta(days=40)}
        trusted(over).write(old)
        self.assertStatus(self.visit(f"{PAGE}/{over.id}"), 404)

    def test_street_map(self):
        """Only with a tile server and Leaflet; the page may load tiles from there only."""
        tiles = "https://tiles.example.com:8443/{z}/{x}/{y}.png"
        self.company.write({"water_tile_url": tiles, "water_tile_credit": "© <b>Stadt</b>"})
        self.assertFalse(self.page(self.visit(PAGE)).xpath("//*[@id='water_street_map']"))
        self.incident.tanker_ids = [
            (0, 0, {"place": "<i>广场</i>", "latitude": 0.5, "longitude": 1.0})
        ]
        with patch.object(type(self.company), "_has_leaflet", lambda _self: True):
            answer = self.visit(PAGE)
            searched = self.visit(PAGE, params={"q": "梧桐片区"})
        [street] = self.page(answer).xpath("//*[@id='water_street_map']")
        self.assertEqual(
            (street.get("data-url"), street.get("data-credit")), (tiles, "© <b>Stadt</b>")
        )
        drawn = json.loads(street.get("data-drawn"))
        self.assertEqual([area["look"] for area in drawn["areas"]], ["outage"])
        self.assertEqual(drawn["areas"][0]["shape"]["type"], "MultiPolygon")
        self.assertEqual(drawn["tankers"], [{"place": "<i>广场</i>", "at": [0.5, 1.0]}])
        policy = answer.headers["Content-Security-Policy"]
        self.assertIn("img-src 'self' data: blob: https://tiles.example.com:8443;", policy)
        self.assertEqual(policy.count("tiles.example.com"), 1)
        self.assertNotIn("tiles.example.com", searched.headers["Content-Security-Policy"])

    def test_invalid_tile_server(self):
        for wrong in (
            "http://tiles.example.com/{z}/{x}/{y}.png",
            "https://tiles.example.com/{z}/{x}.png",
            "https://{x}.example.com/{z}/{x}/{y}.png",
            "https://a.cn; script-src */{z}/{x}/{y}",
            "https://user@a.cn/{z}/{x}/{y}",
        ):
            with self.subTest(wrong), self.assertRefused("tile server's address", self.company):
                self.company.water_tile_url = wrong

    def test_advice_until_it_is_lifted(self):
        self.incident.write({"quality_notice": "boil", "quality_from": self._hour_ago()})
        url = f"{PAGE}/{self.incident.id}"
        self.incident.kind_id.advice_boil = "Boil it."
        self.assertIn("Boil it.", self.text(self.visit(url)))
        self.incident.quality_until = fields.Datetime.now()
        self.assertNotIn("Boil it.", self.text(self.visit(url)))

    def test_english_is_shown_where_it_is_filled(self):
        url = f"{PAGE}/{self.incident.id}"
        self.assertIn(self.incident.subject, self.text(self.visit(url)))
        self.incident.write({"subject_en": "Burst main in Wutong Road", "cause_en": "A pipe froze"})
        text = self.text(self.visit(url))
        self.assertIn("Burst main in Wutong Road", text)
        self.assertIn("A pipe froze", text)
        self.assertNotIn(self.incident.subject, text)

    def _hour_ago(self):
        return fields.Datetime.subtract(fields.Datetime.now(), hours=1)

    def test_search(self):
        for place in ("T100001", "梧桐大道 8 号", "梧桐片区", "梧桐大道"):
            page = self.page(self.visit(PAGE, params={"q": place}))
            with self.subTest(place):
                self.assertEqual(page.xpath("//article/@id"), [f"outage_{self.incident.id}"])
        for place in ("T100002", "NOSUCH", "%%", "西城路9号"):
            response = self.visit(PAGE, params={"q": place})
            with self.subTest(place):
                self.assertFalse(self.page(response).xpath("//article"))
                self.assertIn("No outages known", self.text(response))

    def test_questions_have_a_limit(self):
        for _time in range(120):
            self.env["water.attempt"]._take("outage_asked", "127.0.0.1", 120)
        self.assertStatus(self.visit(PAGE, params={"q": "梧桐"}), 429)
        self.assertStatus(self.visit(f"{PAGE}/near", params={"place": "梧桐"}), 429)
        self.assertStatus(self.visit(PAGE), 200)

    def test_feeds(self):
        self._news("正在开挖。")
        feed = self.visit(f"{PAGE}/feed.json").json()
        self.assertEqual(feed["version"], "https://jsonfeed.org/version/1.1")
        (item,) = feed["items"]
        self.assertIn("正在开挖。", item["content_text"])
        self.assertTrue(item["url"].endswith(f"{PAGE}/{self.incident.id}"))
        atom = etree.fromstring(self.visit(f"{PAGE}/feed.atom").content)
        names = {"a": "http://www.w3.org/2005/Atom"}
        self.assertEqual(len(atom.xpath("a:entry", namespaces=names)), 1)
        self.assertTrue(atom.xpath("string(a:updated)", namespaces=names))
        self.incident.on_page = False
        self.assertEqual(self.visit(f"{PAGE}/feed.json").json()["items"], [])
        self.assertStatus(self.visit(f"{PAGE}/feed.atom"), 200)

    def test_on_the_other_pages(self):
        self.assertIn("梧桐片区", self.text(self.visit(REPORT)))
        near = self.visit(f"{PAGE}/near", params={"place": "梧桐大道9号"}).json()
        self.assertEqual([row["path"] for row in near], [f"{PAGE}/{self.incident.id}"])
        self.sign_in("portal1")
        for url in ("/my/home", "/my/water/new", "/my/inquiries"):
            with self.subTest(url):
                self.assertIn("梧桐片区", self.text(self.visit(url)))
        self.sign_in("portal2")
        self.assertNotIn("梧桐片区", self.text(self.visit("/my/home")))

    # -- me too -------------------------------------------------------------------------------

    def _me_too(self, **values):
        return self.post(f"{PAGE}/{self.incident.id}/affected", values)

    def test_known_outage_prevents_the_filing(self):
        """One household is counted, once however often it presses, and no case is made."""
        before = self.counts()
        self.sign_in("portal1")
        for _time in range(2):
            self.assertLocation(self._me_too(), "?done=counted")
        self.assertEqual(self.incident.affected_count, 1)
        row = self._affected()
        self.assertEqual((row.account_id, row.partner_id), (self.account, self.customer))
        self.assertEqual(self.counts(), before)
        page = f"{PAGE}/{self.incident.id}"
        for url in ("/my/home", page):
            self.assertIn("You are counted", self.text(self.visit(url)))
        self.assertFalse(self.page(self.visit(page)).xpath(f"//form[@action='{page}/affected']"))

    def test_account_elsewhere(self):
        self.sign_in("portal2")
        answer = self._me_too()
        self.assertStatus(answer, 422)
        self.assertIn("None of your accounts", self.text(answer))
        self.assertFalse(self._affected())

    def test_stranger(self):
        answer = self._me_too(
            altcha=self.solve("affected"), phone="13712345678", address="梧桐大道9号"
        )
        self.assertLocation(answer, "?done=counted")
        self._me_too(altcha=self.solve("affected"), phone="137 1234 5678", email="a@example.com")
        row = self._affected()
        self.assertEqual(len(row), 1)
        row = row.sudo()
        self.assertEqual((row.phone, row.email), ("+8613712345678", "a@example.com"))
        self.assertTrue(row.is_subscribed)
        page = f"{PAGE}/{self.incident.id}"
        form = self.page(self.visit(page, params={"me": row._token()}))
        self.assertTrue(form.xpath(f"//form[@action='{page}/stop']"))
        self.assertFalse(
            self.page(self.visit(page, params={"me": f"{row.id}-x"})).xpath(
                f"//form[@action='{page}/stop']"
            )
        )
        for wrong in (f"{row.id}-x", f"{row.id}-é", "x", "99999999999-x"):
            self.post(f"{page}/stop", {"me": wrong})
        self.assertTrue(self._affected().is_subscribed)
        self.post(f"{page}/stop", {"me": row._token()})
        self.assertFalse(self._affected().is_subscribed)
        self.assertFalse(row.phone)

    def test_stranger_without_a_way(self):
        self._me_too(altcha=self.solve("affected"))
        self._me_too(altcha=self.solve("affected"))
        self.assertEqual(len(self._affected()), 1)
        self.assertFalse(self._affected().is_subscribed)

    def test_refused(self):
        for values, field in (
            ({"phone": "12"}, "phone"),
            ({"email": "nobody"}, "email"),
            ({"address": "路" * 301}, "address"),
        ):
            values = {"address": "梧桐大道9号", **values}
            answer = self._me_too(altcha=self.solve("affected"), **values)
            self.assertStatus(answer, 422)
            self.assertEqual(list(self.errors(answer)), [field])
            self.assertEqual(
                self.page(answer).xpath("//input[@id='address']/@value"), [values["address"]]
            )
        self.assertStatus(self._me_too(phone="13712345678"), 422)
        self.assertFalse(self._affected())
        self.assertStatus(self.post(f"{PAGE}/{self.incident.id}/affected", csrf=False), 400)
        self.assertLocation(self.get(f"{PAGE}/{self.incident.id}/affected"), str(self.incident.id))
        self.assertStatus(self.post(f"{PAGE}/999999999/affected", {}), 404)

    def test_news(self):
        """Subscribers get the news once, with a link to unsubscribe."""
        stranger = self.incident._count_stranger("x", "", "", "s@example.com")
        self.incident._count_stranger("y", "", "", "")
        self.incident._count_me(self.account, self.customer)
        news = self._news("预计 14 点恢复。")
        while news._work():
            pass
        told = news.contact_ids
        self.assertEqual(
            told.filtered("affected_id").affected_id.sudo(),
            self._affected().filtered("is_subscribed"),
        )
        mine = told.filtered(lambda row: row.affected_id == stranger)
        self.assertEqual(mine.message_ids.sudo().mapped("address"), ["s@example.com"])
        self.assertEqual(len(told.filtered(lambda row: row.partner_id == self.customer)), 1)
        self.assertIn(f"me={stranger._token()}", mine._customer_link())

    def test_ways_are_forgotten(self):
        row = self.incident._count_stranger("x", "东城路", "+8613712345678", "s@example.com").sudo()
        rows = self.env["water.incident.affected"]
        rows._gc_ways()
        self.assertTrue(row.phone)
        past = {"state": "restored", "restored_at": fields.Datetime.now() - timedelta(days=31)}
        trusted(self.incident).write(past)
        rows._gc_ways()
        self.assertEqual((row.phone, row.email, row.address), (False, False, False))
        self.assertTrue(row.exists())

    def test_closed_page(self):
        self.company.water_public_open = False
        for url in (PAGE, f"{PAGE}/{self.incident.id}"):
            self.assertStatus(self.visit(url), 404)

    def test_interface(self):
        """The interface shows the same, in UTC; affected customers are not readable."""
        machine = self.users["integration"]
        machine.water_channel_ids = self._channel("app")
        api = self.env["water.api"].with_user(machine)
        self._news("抢修人员已到场。")
        (row,) = api.outages()
        self.assertEqual(
            (row["id"], row["when"], row["nature"]), (self.incident.id, "now", "outage")
        )
        self.assertTrue(row["begin"].endswith("Z") and row["expected_end"].endswith("Z"))
        self.assertEqual(row["news"][0]["text"], "抢修人员已到场。")
        self.assertEqual(len(api.outages("梧桐大道8号")), 1)
        self.assertEqual(api.outages("没有这条路"), [])
