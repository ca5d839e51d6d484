from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import local
from ...base.trust import trusted
from ...intake.tests import upload_samples as samples
from ...request.tests.common import RequestCommon
from ..words import joined, sentences

WORDS = "水压一直很低。上个月的账单也不对！请都查一下。"


@tagged("post_install", "-at_install")
class TestSplit(RequestCommon):
    """Two matters in one case become two cases, each with its words, files and clocks."""

    def _filed(self, make=None):
        """A case received on the day before, with two files that the customer sees."""
        with freeze_time("2026-03-10 02:00:00"):
            case = (make or self._repair)(verbatim=WORDS, description=WORDS)
            files = self.env["ir.attachment"].create(
                [
                    {"name": name, "raw": samples.PNG, "res_model": case._name, "res_id": case.id}
                    for name in ("tap.png", "bill.png")
                ]
            )
            case.published_attachment_ids = files
            acts.contact(self._as("agent", case), "已联系")
            acts.promise(
                self._as("agent", case), "周五前寄账单", local("2026-03-13 17:30"), "other"
            )
        case.invalidate_recordset()
        return case

    def _places(self, case, **places):
        """A dialog as the agent fills it in: what names a place goes there."""
        about = {"active_model": case._name, "active_ids": case.ids}
        wizards = self._as("agent", self.env["water.split.wizard"]).with_context(**about)
        with Form(wizards) as form:
            form.subject = "账单不对"
            form.description = "客户对上月账单有疑问"
            form.description_here = "水压低"
            form.reason = "两件事"
            for index, line in enumerate(form.line_ids._records):
                for word, place in places.items():
                    if word in line["text"]:
                        with form.line_ids.edit(index) as row:
                            row.place = place
        return form.record

    def _split(self, case, **values):
        wizard = self._places(case, 账单="there", 请都="both", bill="there")
        wizard.write(values)
        part = self.env[case._name].browse(wizard.action_split()["res_id"])
        self.env.invalidate_all()
        return part

    def test_a_file_of_one_customer_is_not_shown_to_another(self):
        """It goes to its department; who sees it there is stated there."""
        case = self._filed()
        files = {file.id: "both" for file in case._own_files()}
        shares = {"words": [], "messages": [], "files": files}
        values = {"subject": "账单", "description": "账单", "category_id": case.category_id.id}
        other = {"contact_name": "王五", "phone": "13700009999"}
        work = self._as("agent", case)
        own = acts.split(work, values, shares, "两件事").with_env(self.env)
        theirs = acts.split(work, {**values, **other}, shares, "邻居的事").with_env(self.env)
        for part in (own, theirs):
            self.assertEqual(part._own_files().mapped("name"), ["tap.png", "bill.png"])
        self.assertEqual(own.published_attachment_ids.mapped("name"), ["tap.png", "bill.png"])
        self.assertFalse(theirs.published_attachment_ids)

    def test_words_are_cut_and_joined(self):
        self.assertEqual(
            sentences("一。二！ Three. 3.5 m³ \n四"), ["一。", "二！", "Three.", "3.5 m³", "四"]
        )
        self.assertEqual(joined(sentences("一。二！")), "一。二！")
        self.assertEqual(joined(["One.", "Two."]), "One. Two.")
        self.assertEqual(joined(["一。", "Two.", "三。"]), "一。Two.三。")
        self.assertEqual((joined([]), sentences(False), sentences(" \n")), ("", [], []))
        self.assertEqual(sentences("共3.50元;完"), ["共3.50元;", "完"])

    def test_parts_to_share_out(self):
        """All of the words, each half some of them; of files and clocks those of the case."""
        case = self._as("agent", self._filed())
        first, second, third = sentences(WORDS)
        file = case._own_files()[:1].id
        foreign = self.env["ir.attachment"].create({"name": "x", "raw": samples.PNG}).id
        fits = {"words": [(first, "here"), (second, "there"), (third, "both")]}
        fits |= {"messages": [], "files": {file: "there"}}
        case._check_sharing_out(fits, "两件事")
        case._check_sharing_out({**fits, "words": []}, "两件事")
        whole = [(text, "both") for text in (first, second, third)]
        case._check_sharing_out({**fits, "words": whole}, "两件事")
        for changed, words in (
            ({"words": [(text, "here") for text, _place in whole]}, "Each of the two cases"),
            ({"words": [(text, "there") for text, _place in whole]}, "Each of the two cases"),
            ({"words": whole[:2]}, "changed meanwhile"),
            ({"messages": [("别的话", "here")]}, "changed meanwhile"),
            ({"files": {foreign: "there"}}, "changed meanwhile"),
        ):
            with self.subTest(changed=changed), self.assertRefused(words, case):
                case._check_sharing_out({**fits, **changed}, "两件事")
        with self.assertRefused("Say why these are two", case):
            case._check_sharing_out(fits, " ")

    def test_each_half_has_its_own(self):
        """Words and files are shared out, promises stay; both pages and both chains are right."""
        for make in (self._repair, self._inquiry):
            with self.subTest(make=make.__name__):
                case = self._filed(make)
                part = self._split(case)
                self.assertEqual(part._name, case._name)
                self.assertEqual(case.verbatim, "水压一直很低。请都查一下。")
                self.assertEqual(part.verbatim, "上个月的账单也不对！请都查一下。")
                self.assertEqual((case.description, part.subject), ("水压低", "账单不对"))
                self.assertEqual(part.received_at, case.received_at)
                self.assertEqual(part.first_responsible_id, self.users["agent"])
                self.assertEqual(case.published_attachment_ids.mapped("name"), ["tap.png"])
                self.assertEqual(part.published_attachment_ids.mapped("name"), ["bill.png"])
                promise = self._clock(case, "promise")
                self.assertEqual((promise.state, acts.case_of(promise)), ("running", case))
                self.assertFalse(self._clock(part, "promise"))
                close, theirs = self._clock(case, "close"), self._clock(part, "close")
                self.assertEqual(close.started_at, theirs.started_at)
                self.assertIn("split_off", self._kinds(case))
                self.assertIn("split_from", self._kinds(part))
                self.assertEqual((case.split_count, part.split_from), (1, case.name))
                self.assertEqual(case.sudo().search([("split_id", "!=", False)]) & part, part)
                self.assertWhole(case | part)
                self._check_pages(case, part)

    def _check_pages(self, case, part):
        """Each half has its own page for its customer, without the other's data."""
        here, there = (
            row.with_user(self.users["portal1"]).sudo()._portal_page() for row in (case, part)
        )
        self.assertNotIn("bill.png", str(here))
        self.assertIn("bill.png", str(there))
        self.assertNotIn("tap.png", str(there))
        self.assertIn("under a number of its own", str(here))

    def test_clocks_start_from_the_original_receipt(self):
        """Limits of the new case count from the receipt of the whole, by its own category."""
        case = self._filed()
        with freeze_time(local("2026-03-12 10:00")):
            part = self._split(case)
        started = part.deadline_ids.filtered(lambda row: row.standard_line_id and not row.met_at)
        self.assertTrue(started)
        self.assertEqual(set(started.mapped("started_at")), {case.received_at})

    def test_merged_back(self):
        """A split that was a mistake is merged back; the whole words stay on record."""
        case = self._filed()
        part = self._split(case)
        values = {"duplicate_of_id": case.id, "end_reason": "其实是一件事", "state": "merged"}
        self._as("supervisor", part).write(values)
        self.env.invalidate_all()
        self.assertEqual((part.state, part.duplicate_of_id), ("merged", case))
        split = self.env["water.case.split"].search([("request_id", "=", case.id)])
        self.assertEqual((split.verbatim_before, split.description_before), (WORDS, WORDS))
        self.assertWhole(case | part)

    def test_another_customers(self):
        """Another customer's part contains none of this customer's data."""
        case = self._filed()
        part = self._split(
            case, is_others=True, contact_name="李四", phone="13700000000", address="x"
        )
        self.assertEqual(
            (part.contact_name, part.phone, part.address), ("李四", "13700000000", "x")
        )
        self.assertFalse(part.partner_id or part.account_id or part.email_from)
        rows = self.env["water.request"]._portal_domain(self.customer)
        self.assertNotIn(part, self.env["water.request"].search(rows))

    def test_erasing_a_part_reaches_what_was_kept_before(self):
        """A neighbour's name goes from both halves and the words before; the others stay."""
        words = "水压一直很低，张伟报修。李四的账单也不对！李四请都查一下。"
        with freeze_time("2026-03-10 02:00:00"):
            case = self._repair(verbatim=words, description=words)
        shares = [(text, "both" if "都查" in text else "there") for text in sentences(words)]
        shares[0] = (shares[0][0], "here")
        values = {"subject": "李四账单", "description": "李四账单", "contact_name": "李四"}
        values |= {"phone": "13700000000", "category_id": case.category_id.id}
        values["description_here"] = "水压低"
        shares = {"words": shares, "messages": [], "files": {}}
        part = acts.split(self._as("agent", case), values, shares, "两件事")
        self.assertIn("李四", case.verbatim)
        self._as("agent", part).action_withdraw()
        with freeze_time("2040-01-01 02:00:00"):
            acts.erase(part.sudo(), "本人要求")
        self.env.invalidate_all()
        split = part.sudo().split_id
        for text in (case.verbatim, split.verbatim_before, split.description_before):
            self.assertNotIn("李四", text)
            self.assertIn("请都查一下", text)
        self.assertIn("张伟", case.verbatim)
        self.assertIn("erased", self._kinds(case))
        self.assertWhole(case | part)

    def test_refused(self):
        """Without a reason or words for both, by a department, and for closed cases."""
        case = self._filed()
        here = [(text, "here") for text in sentences(WORDS)]
        shares = {"words": [], "messages": [], "files": {}}
        values = {"subject": "x", "description": "x", "category_id": case.category_id.id}
        work = self._as("agent", case)
        with self.assertRefused("Each of the two cases needs words", case):
            acts.split(work, values, {**shares, "words": here}, "x")
        with self.assertRefused("two matters", case):
            acts.split(work, values, shares, " ")
        wizard = acts.dialog(work, "action_split", **values, reason="x")
        wizard.line_ids.place = "both"
        foreign = self._filed().published_attachment_ids[:1]
        wizard.line_ids.filtered(lambda line: line.kind == "file")[:1].ref = foreign.id
        with self.assertRefused("changed meanwhile", case):
            wizard.action_split()
        self._dispatch(case)
        with self.assertRefused("Only the service desk"):
            self._as("department", case).action_split()
        work.action_withdraw()
        with self.assertRefused("it can no longer be added to"):
            work.action_split()

    def test_words_are_shared_out_and_never_altered(self):
        """Rows of the dialog come from the browser: the spoken words stay complete."""
        case = self._filed()
        trusted(case)._log_events("customer_message", {"text": "还有漏水"})
        forged = (("水压", {"text": "水压正常。"}), ("水压", None), ("漏水", {"text": "撤诉"}))
        for word, values in forged:
            wizard = self._places(case, 账单="there", 请都="both", 漏水="there").sudo()
            rows = wizard.line_ids.filtered(lambda row, word=word: word in row.text)
            rows.write(values) if values else rows.unlink()
            wizard = wizard.sudo(False)
            with self.assertRefused("changed meanwhile", case):
                wizard.action_split()
            self.assertEqual(case.verbatim, WORDS)
        part = self._split(case)
        self.assertIn("账单", part.verbatim)

    @freeze_time("2026-03-10 01:50:00")
    def test_came_in_at_a_machine_whose_clock_is_ahead(self):
        """When a case came in, the system has written: no part is refused for it, nor a change."""
        case = self._filed()
        part = self._split(case)
        self.assertEqual(part.received_at, case.received_at)
        self._as("agent", case).occurred_at = self._later(minutes=-5)
        with self.assertRefused("cannot lie in the future", case):
            self._as("agent", case).occurred_at = self._later(minutes=11)

    def test_kept_by_the_system(self):
        case = self._filed()
        self._split(case)
        split = self.env["water.case.split"].search([("request_id", "=", case.id)])
        for login in ("agent", "manager"):
            with self.assertRaisesRegex(UserError, "split by the button|not allowed"):
                self._as(login, split).write({"reason": "x"})
        self.assertEqual(split.verbatim_before, WORDS)
