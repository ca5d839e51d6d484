"""The customer's lists and filings, by browser requests."""

from datetime import datetime
from itertools import product

from odoo.tests import tagged

from ...base.trust import trusted
from ...intake.tests import upload_samples as samples
from .common import PortalCase

INQUIRIES, REQUESTS = "/my/inquiries", "/my/requests"
#: addresses that must not answer with a server error, for any parameter
RUBBISH = ("", "bogus", "state", "'; --", "%00", "%FF", "__class__", "none,none", "9" * 400)


@tagged("post_install", "-at_install")
class TestPortalList(PortalCase):
    """One inquiry in every state that matters, of two accounts, in two months and categories."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.account.copy({"code": "T100009", "address": "南湖大道77号"})
        values = (
            ("第一件", "gn", cls.account, datetime(2026, 8, 31, 17, 0)),  # September in Shanghai
            ("第二件", "gn", cls.other, datetime(2026, 9, 30, 15, 0)),
            ("第三件", "bl", cls.env["water.account"], datetime(2026, 10, 2, 1, 0)),
        )
        cls.cases = cls.env["water.inquiry"]
        for subject, category, account, moment in values:
            vals = {"subject": subject, "account_id": account.id}
            vals |= {"category_id": cls._category(category).id}
            case = cls.cases.create(cls._inquiry_values(**vals))
            trusted(case).write({"received_at": moment})
            cls.cases |= case
        cls.users["portal1"].tz = "Asia/Shanghai"
        case = cls.cases[1].with_user(cls.users["agent"])
        case.write({"answer": "每年 220 立方米。"})
        case.action_answer()

    def _list(self, query="", url=INQUIRIES):
        """``(names of groups, numbers of the cases)`` of a list, both as shown."""
        page = self.page(self.get(url + query))
        heads = page.xpath("//h2[contains(@class, 'o_water_group')]")
        rows = page.xpath("//main//a[contains(@class, 'list-group-item')]")
        numbers = {case.name: case for case in self.cases}
        shown = [row for row in rows if "/new" not in row.get("href")]
        found = [
            next(case.subject for name, case in numbers.items() if name in row.text_content())
            for row in shown
        ]
        return [" ".join(head.text_content().split()) for head in heads], found

    def test_search(self):
        """By text, number, address and account number."""
        self.sign_in()
        self.assertEqual(self._list()[1], ["第三件", "第二件", "第一件"])
        trials = {
            "第二件": ["第二件"],
            self.cases[0].name: ["第一件"],
            "南湖大道": ["第二件"],
            "T100001": ["第一件"],
            "没有的词": [],
        }
        for words, subjects in trials.items():
            with self.subTest(words):
                self.assertEqual(self._list(f"?search={words}")[1], subjects)
        page = self.page(self.get(f"{INQUIRIES}?search=没有的词&groupby=state"))
        self.assertIn("No results", page.text_content())
        self.assertEqual(page.xpath("//input[@id='search']/@value"), ["没有的词"])
        self.assertEqual(page.xpath("//select[@id='groupby']/option[@selected]/@value"), ["state"])

    def test_filters(self):
        self.sign_in()
        trusted(self.cases[2]).write({"closed_at": datetime(2026, 10, 3)})
        self.assertEqual(self._list("?filterby=answer")[1], ["第二件"])
        self.assertEqual(self._list("?filterby=open")[1], ["第二件", "第一件"])
        self.assertEqual(self._list("?filterby=closed")[1], ["第三件"])
        self.assertEqual(self._list("?filterby=open&sortby=oldest")[1], ["第一件", "第二件"])
        page = self.text(self.get(f"{INQUIRIES}?filterby=answer"))
        self.assertIn("Please give us your answer", page)

    def test_waiting_row_matches(self):
        """The filter asks the database, the row asks the case: they say the same."""
        model = self.env["water.inquiry"].with_user(self.users["portal1"])
        rows = model._portal_search()
        waiting = model._portal_search(model._portal_waiting_domain())
        self.assertEqual(waiting, rows.filtered(lambda case: case._portal_waits_for()))
        self.sign_in()
        names = ["inquiry_waiting", "inquiry_count", "request_waiting", "nobody_waiting"]
        counters = self.make_jsonrpc_request("/my/counters", {"counters": names})
        self.assertEqual(counters, {"inquiry_waiting": 1, "inquiry_count": 3, "request_waiting": 0})

    def test_groups(self):
        """Each group with its number on all pages; months as the customer's calendar has them."""
        self.sign_in()
        cases = self.cases
        matters = [case.category_id.public_name or case.category_id.name for case in cases]
        trials = {
            "month": (["October 2026 1", "September 2026 2"], ["第三件", "第二件", "第一件"]),
            "month&sortby=oldest": (
                ["September 2026 2", "October 2026 1"],
                ["第一件", "第二件", "第三件"],
            ),
            "state": (["Received 2", "Answered 1"], ["第三件", "第一件", "第二件"]),
            "account": (
                [
                    "T100001 · 东城路8号2单元301 1",
                    "T100009 · 南湖大道77号 1",
                    "Without an account 1",
                ],
                ["第一件", "第二件", "第三件"],
            ),
        }
        for groupby, (heads, subjects) in trials.items():
            with self.subTest(groupby):
                found, rows = self._list(f"?groupby={groupby}")
                self.assertEqual(found, heads)
                self.assertEqual(rows, subjects)
        heads, _rows = self._list("?groupby=category")
        self.assertEqual(len(heads), len(set(matters)))
        self.assertTrue(all(any(name in head for head in heads) for name in matters))

    def test_group_goes_on_on_the_next_page(self):
        """A group keeps its whole number on each of its pages; the pages keep the choices."""
        for _i in range(11):
            self.cases |= self.cases.create(self._inquiry_values(subject="第四件"))
        self.sign_in()
        first = self.page(self.get(f"{INQUIRIES}?groupby=state&search=第"))
        following = first.xpath("//nav[@aria-label='Pages']//a[@rel='next']/@href")
        self.assertEqual(len(following), 1)
        heads, rows = self._list("", following[0])
        self.assertEqual(heads[0], "Received 13")
        self.assertEqual(heads[1], "Answered 1")
        self.assertEqual(len(rows), 4)

    def test_nothing_of_others(self):
        """Neither rows nor group counts reveal others' cases."""
        self.sign_in("portal2")
        for groupby in ("none", "month", "state", "category", "account"):
            self.assertEqual(self._list(f"?groupby={groupby}&search=第"), ([], []))
        self.cases[0].copy({"partner_id": self.customer2.id, "subject": "别人的"})
        self.sign_in()
        heads, rows = self._list("?groupby=state")
        self.assertEqual((heads[0].split()[1], len(rows)), ("2", 3))

    def test_rubbish(self):
        """Any address gives the list or “not found”, never an error."""
        self.sign_in()
        for name, value in product(("search", "filterby", "sortby", "groupby"), RUBBISH):
            with self.subTest(name=name, value=value[:12]):
                self.assertStatus(self.get(f"{INQUIRIES}?{name}={value}"), 200)
        for page in ("0", "999999", "9" * 30):
            self.assertIn(self.get(f"{REQUESTS}/page/{page}?groupby=month").status_code, (200, 404))
        self.assertStatus(self.get(f"{INQUIRIES}/page/x"), 404)

    def test_queries_do_not_grow(self):
        model = self.env["water.inquiry"].with_user(self.users["portal1"])
        asked = model._portal_asked({"groupby": "category"})
        counts = []
        for more in (1, 16):
            self.env["water.inquiry"].create([self._inquiry_values() for _i in range(more)])
            self.env.flush_all()
            model._portal_groups(asked, 20, 0)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            groups = model._portal_groups(asked, 20, 0)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(sum(len(group["rows"]) for group in groups), 20)
        self.assertLessEqual(counts[1], counts[0] + 1)

    # -- the page of a case ---------------------------------------------------------------

    def test_panel(self):
        """Number, state, next step, promise, contact and print stand beside the case."""
        self.sign_in()
        self.company.water_hotline = "96116"
        waiting = self.page(self.get(f"{INQUIRIES}/{self.cases[1].id}"))
        (panel,) = waiting.xpath("//aside[contains(@class, 'o_water_panel')]")
        text = " ".join(panel.text_content().split())
        for words in (
            self.cases[1].name,
            "Answered",
            "Waiting for you",
            "What we promised",
            "96116",
        ):
            self.assertIn(words, text)
        (step,) = panel.xpath(".//div[contains(@class, 'o_water_next')]//a/@href")
        self.assertTrue(waiting.xpath(f"//*[@id='{step[1:]}']"))
        self.assertTrue(panel.xpath(".//button[contains(@class, 'o_water_print')]"))
        ours = self.page(self.get(f"{INQUIRIES}/{self.cases[0].id}"))
        self.assertIn("we are working on it", ours.text_content())
        ids = waiting.xpath("//@id")
        self.assertEqual(len(ids), len(set(ids)))
        links = {link[1:] for link in waiting.xpath("//main//a/@href") if link[:1] == "#"}
        self.assertLessEqual(links, set(ids))

    # -- materials ------------------------------------------------------------------------

    def _told(self):
        """A connection whose notice has been handed out."""
        case = self.env["water.request"].create(self._request_values())
        self._as("agent", case).action_take()
        self._as("agent", case).action_issue_notice()
        return case

    def _hand_in(self, case, material, files, **options):
        return self.post(
            f"{REQUESTS}/{case.id}/material", {"material_id": str(material)}, files, **options
        )

    def _materials(self, case):
        page = self.page(self.get(f"{REQUESTS}/{case.id}"))
        rows = page.xpath("//li[contains(@class, 'o_water_material ')]")
        return [" ".join(row.text_content().split()) for row in rows]

    def test_hand_in(self):
        """Given, refused with the reason, given anew: each by itself, all of it in the chain."""
        case = self._told()
        row, *others = case.material_ids
        self.sign_in()
        self.assertIn("Still missing", self._materials(case)[0])
        answer = self._hand_in(case, row.id, [("身份证.jpg", samples.JPEG)])
        self.assertLocation(answer, "?done=material")
        self.assertEqual((row.state, row.file_ids.mapped("name")), ("supplied", ["身份证.jpg"]))
        self.assertEqual(row.file_ids, case.published_attachment_ids)
        self.assertEqual({other.state for other in others}, {"missing"})
        event = case.event_ids.filtered(lambda event: event.kind == "material_supplied")
        self.assertEqual(event.payload["material"], row.name)
        self.assertEqual(event.payload["files"], {"身份证.jpg": row.file_ids.checksum})
        self.assertWhole(case)
        self._as("agent", row).write({"state": "incorrect", "reason": "照片看不清"})
        shown = self._materials(case)[0]
        self.assertIn("照片看不清", shown)
        self.assertIn("Not correct", shown)
        self._hand_in(case, row.id, [("身份证2.png", samples.PNG)])
        self.assertEqual((row.state, row.reason, len(row.file_ids)), ("supplied", False, 2))
        self._as("agent", row).write({"state": "correct"})
        shown = self._materials(case)[0]
        self.assertIn("Received and correct", shown)
        self.assertNotIn("Upload another file", shown)
        refused = self._hand_in(case, row.id, [("x.png", samples.PNG)])
        self.assertStatus(refused, 422)
        self.assertEqual(len(row.file_ids), 2)

    def test_hand_in_wrong(self):
        """No file, a bad one, a foreign material: the message stands with that material."""
        case, foreign = self._told(), self._told()
        row = case.material_ids[0]
        self.sign_in()
        for files in ((), [("rechnung.pdf", samples.EXE)], [("a.jpg", b"")]):
            answer = self._hand_in(case, row.id, files)
            self.assertStatus(answer, 422)
            page = self.page(answer)
            (field,) = page.xpath(f"//input[@id='material_{row.id}']")
            self.assertEqual(field.get("aria-invalid"), "true")
            self.assertIn(f"error_material_{row.id}", field.get("aria-describedby"))
            self.assertTrue(page.xpath(f"//*[@id='error_material_{row.id}']"))
            self.assertTrue(page.xpath(f"//*[@id='water_errors']//a[@href='#material_{row.id}']"))
            self.assertFalse(page.xpath("//*[@id='error_message_files']"))
        for number in (foreign.material_ids[0].id, "x", "", "9" * 40):
            self.assertStatus(self._hand_in(case, number, [("a.jpg", samples.JPEG)]), 422)
        self.assertEqual(self._hand_in(case, row.id, [], csrf=False).status_code, 400)
        self.sign_in("portal2")
        self.assertStatus(self._hand_in(case, row.id, [("a.jpg", samples.JPEG)]), 404)
        self.assertEqual(set((case | foreign).material_ids.mapped("state")), {"missing"})

    def test_hand_in_is_over(self):
        """After acceptance nothing can be submitted, but everything is shown."""
        case = self._told()
        self._as("agent", case.material_ids).write({"state": "correct"})
        self._as("agent", case).action_accept()
        self.sign_in()
        answer = self._hand_in(case, case.material_ids[0].id, [("a.jpg", samples.JPEG)])
        self.assertStatus(answer, 409)
        self.assertEqual(len(self._materials(case)), len(case.material_ids))

    def test_waiting_requests(self):
        """Notice, materials, appointment, rating: filter and rows agree in each of them."""
        case = self._told()
        model = self.env["water.request"].with_user(self.users["portal1"])
        for _step in ("told", "read", "given"):
            waiting = model._portal_search(model._portal_waiting_domain())
            self.assertEqual(case in waiting, bool(case._portal_waits_for()), _step)
            if _step == "told":
                case.notice_ids._acknowledge("portal", "张伟")
            elif _step == "read":
                self.assertEqual(case._portal_waits_for(), {"material"})
                case.material_ids.write({"state": "supplied"})
        self.assertFalse(case._portal_waits_for())
