from contextlib import suppress
from datetime import date, timedelta
from uuid import uuid4

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.trust import trusted
from ...intake.filing import FilingError, NotAllowedError, TooManyError, WrongStateError
from .common import HOLDER, LINA, DelegateCommon


@tagged("post_install", "-at_install")
class TestDelegate(DelegateCommon):
    """Acting for an account: named by its holder, within the given limits and time."""

    def _filing(self, **values):
        return {
            "account_id": str(self.account.id),
            "category_id": str(self._category("gn").id),
            "description": "代张伟询问：阶梯水价第二档从多少开始？",
            "phone": "13987654321",
            "submission_key": str(uuid4()),
            **values,
        }

    # -- invited and accepted -----------------------------------------------------------------

    def test_invitation(self):
        """An address gives no access; the link does, once, for a login of its own."""
        case = self._of_account()
        row = self._invite()
        self.assertEqual((row.state, row.partner_id.id), ("invited", False))
        self.assertFalse(self._seen())
        invitation = self._mails_to(LINA)
        self.assertIn("张伟 asks you to act", invitation.subject)
        self.assertIn(row._token().split("-")[0][:20], invitation.body_html)
        self.assertNotIn("东城路8号2单元301", invitation.body_html)  # only after acceptance
        token = row._token()
        self._answer(row)
        self.assertEqual((row.state, row.partner_id), ("active", self.customer2))
        self.assertEqual(self._seen(), case)
        self.assertFalse(self._delegates("portal2")._of_token(token))
        told = " ".join(self._mails_to(HOLDER).mapped("body_html"))
        self.assertIn("You have invited 李娜", told)
        self.assertIn("has accepted and may now act for your account T100001", told)
        self.assertEqual(self._event_kinds(), ["invited", "accepted"])

    def test_accepting_users(self):
        """Neither holder nor staff; no wrong, renewed or late link."""
        row = self._invite()
        for login in ("portal1", "agent"):
            with (
                self.subTest(login=login),
                self.assertRefused("Sign in with your customer login|the person you have invited"),
            ):
                self._answer(row, login=login)
        old = row._token()
        row.with_user(self.users["portal1"]).sudo()._portal_do("again")
        for word in (old, "", "x", old[:-4] + "AAAA", "Ā" * 40):
            self.assertFalse(self._delegates("portal2")._of_token(word), word)
        fresh = row._token()
        with freeze_time(self._later(days=7, minutes=1)):
            self.assertFalse(self._delegates("portal2")._of_token(fresh))
            row.invalidate_recordset(["is_over"])
            self.assertTrue(row.is_over)
        self._answer(row, accepts=False)
        self.assertEqual(row.state, "declined")
        self.assertFalse(self._delegates("portal2")._of_token(fresh))
        self.assertEqual(self._event_kinds(), ["invited", "invited_again", "declined"])

    def test_stranger_with_link_locks_out_no_one(self):
        """The holder of a forwarded link uses up only their own attempts and codes."""
        row = self._invite()
        person = new_test_user(self.env, "stranger", groups="base.group_portal")
        rows = self.env["water.account.delegate"].with_user(person)
        stranger = rows._of_token(row._token())
        mine = self._delegates("portal2")._of_token(row._token())
        for _time in range(3):
            stranger._send_proof()
        with self.assertRaises(TooManyError):
            stranger._send_proof()
        for _time in range(5):
            self._errs(stranger)
        with self.assertRaises(TooManyError):
            stranger._check_proof("x")
        mine._send_proof()
        mine._portal_answer(True, row._proof_code())
        self.assertEqual(row.state, "active")

    def _errs(self, row):
        """A wrong code, in a transaction that is kept."""
        with suppress(UserError):
            row._check_proof("x")

    def test_form(self):
        """Each field shows its error, and nothing is saved."""
        before = self.env["water.account.delegate"].search_count([])
        for values, field in (
            ({"account_id": "x"}, "account_id"),
            ({"name": ""}, "name"),
            ({"relation": "boss"}, "relation"),
            ({"email": "lina"}, "email"),
            ({"email": "ZHANG@delegate.example"}, "email"),
            ({"email": "", "phone": "13987654321"}, "email"),  # no gateway for text messages
            ({"phone": "12"}, "phone"),
            ({"date_from": "yesterday"}, "date_from"),
            ({"date_from": "2020-01-01"}, "date_from"),
            ({"date_until": "2026-03-10"}, "date_until"),
        ):
            with self.subTest(**values), self.assertRaises(FilingError) as caught:
                self._delegates()._portal_invite(self._form(**values))
            self.assertEqual(list(caught.exception.errors), [field])
        nothing = {**self._form("sees_cases"), "sees_cases": ""}
        with self.assertRaises(FilingError) as caught:
            self._delegates()._portal_invite(nothing)
        self.assertIn("rights", caught.exception.errors)
        self.assertEqual(self.env["water.account.delegate"].search_count([]), before)

    def test_only_of_his_own(self):
        """Only holders name delegates, not delegates themselves."""
        self._named()
        with self.assertRaises(FilingError):
            self._delegates("portal2")._portal_invite(self._form(email="x@example.com"))

    def test_limit(self):
        """Ten invitations a day, renewed ones count."""
        self.company.water_delegate_invites = 2
        row = self._invite()
        row.with_user(self.users["portal1"]).sudo()._portal_do("again")
        with self.assertRaises(TooManyError):
            self._invite()
        with self.assertRaises(TooManyError):
            row.with_user(self.users["portal1"]).sudo()._portal_do("again")

    def test_accepted_anew(self):
        """The newer delegation of the same person takes the place of the older."""
        first = self._named("sees_cases")
        second = self._named("keeps_visits")
        self.assertEqual((first.state, second.state), ("revoked", "active"))
        self.assertFalse(self._seen())

    # -- access of delegates ------------------------------------------------------------------

    def test_reach(self):
        """Cases of that account and holder only."""
        self._named()
        seen = self._of_account()
        self._inquiry()  # of the holder, without the account
        self._inquiry(account_id=self.account2.id)
        restricted = self.env["water.category"].search([("restricted", "=", True)], limit=1)
        self.assertTrue(restricted)
        self._of_account(category_id=restricted.id)
        elsewhere = self._of_account()
        elsewhere.partner_id = self.env["res.partner"].create({"name": "前户主"})
        self.assertEqual(self._seen(), seen)
        self.assertFalse(self._as("portal2", self.env["water.inquiry"])._portal_find(elsewhere.id))
        self.assertEqual(self._delegates("portal2")._portal_accounts(self.customer2).ids, [])

    def test_each_action_names_its_method_and_right(self):
        rights = self.env["water.account.delegate"]._fields
        for model in self.env["water.case.link.mixin"]._case_models().values():
            for action, row in self.env[model]._portal_actions().items():
                with self.subTest(model, action=action):
                    self.assertTrue(hasattr(self.env[model], row.method))
                    self.assertEqual(rights[row.right].type, "boolean")
                    self.assertEqual(bool(row.asks), bool(row.place))

    def test_act_of_a_removed_action_is_told_in_general_words(self):
        delegation = self._named("sees_cases")
        delegation._log_act(self._of_account(), "gone")
        event = self.env["water.account.event"].search([("action", "=", "gone")])
        self.assertEqual(event.with_context(lang="en_US")._act_words(), "has answered")

    def test_rights(self):
        """Each right opens exactly its part."""
        case = self._of_account()
        row = self._named("sees_cases")
        mine = self._as("portal2", self.env["water.inquiry"])._portal_find(case.id)
        page = mine._portal_page()
        self.assertFalse(any(page["can"].values()), page["can"])
        with self.assertRaises(NotAllowedError):
            mine._portal_do("message", {"body": "我补充一下"})
        with self.assertRaises(FilingError):
            self._as("portal2", self.env["water.inquiry"])._portal_submit(self._filing())
        trusted(row).write({"files_cases": True})
        self.assertTrue(mine._portal_page()["can"]["message"])
        mine._portal_do("message", {"body": "我补充一下"})
        event = case.event_ids.filtered(lambda row: row.kind == "delegate_acted")
        self.assertEqual(event.user_id, self.users["portal2"])
        self.assertEqual(event.payload["delegation"], row.id)
        self.assertEqual(self._event_kinds()[-1], "acted")
        owner = self._as("portal1", self.env["water.inquiry"])._portal_find(case.id)
        for page, who in ((owner._portal_page(), self.customer2.name), (mine._portal_page(), "")):
            (told,) = (row for row in page["messages"] if "我补充一下" in str(row["body"]))
            self.assertEqual((told["who"], told["mine"]), (who, True))
        trusted(row).write({"sees_cases": False, "files_cases": False, "sees_money": True})
        self.assertFalse(self._seen())
        self.assertWhole(case)

    def test_filing(self):
        """A delegate's filing is the holder's case; both are told, each once."""
        row = self._named("files_cases")
        values = self._filing()
        cases = self._as("portal2", self.env["water.inquiry"])
        case = cases._portal_submit(values)
        self.assertEqual(cases._portal_submit(values), case)
        self.assertEqual((case.partner_id, case.delegation_id), (self.customer, row))
        self.assertEqual(case.account_id, self.account)
        self.assertEqual(self._seen(), case)  # own filing, though the others are hidden
        self.assertEqual(self._seen(login="portal1"), case)
        kinds = self._kinds(case)
        self.assertIn("delegate_acted", kinds)
        mails = self._mails(case)
        self.assertEqual(set(mails.mapped("email_to")), {HOLDER, LINA})
        copy = mails.filtered(lambda mail: mail.email_to == LINA)
        self.assertIn("Dear 李娜 (for 张伟),", copy.body_html)
        self.assertIn(f"/my/inquiries/{case.id}", copy.body_html)
        row.with_user(self.users["portal1"]).sudo()._portal_do("revoke")
        self._as("agent", case).write({"answer": "220 立方米"})
        self._as("agent", case).action_answer()
        self.assertEqual(self._mails(case).mapped("email_to").count(LINA), 1)
        self.assertFalse(self._seen())
        with self.assertRefused("This is kept by the system"):
            self._inquiry(delegation_id=row.id)
        with self.assertRefused("This is kept by the system"):
            self._as("agent", case).write({"delegation_id": False})

    def _mails(self, record):
        domain = [("model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["mail.mail"].sudo().search(domain, order="id")

    def test_reading_is_not_the_holders(self):
        """A delegate's view does not prove notice to the holder."""
        self._named("sees_cases")
        case = self._of_account()
        mine = self._as("portal2", self.env["water.inquiry"])._portal_find(case.id)
        self.assertFalse(mine._portal_reads_for_holder())
        own = self._as("portal1", self.env["water.inquiry"])._portal_find(case.id)
        self.assertTrue(own._portal_reads_for_holder())

    def test_days(self):
        """Not before the first day, not after the last."""
        begin = date(2026, 3, 13)
        self._named(date_from=str(begin), date_until=str(begin + timedelta(days=2)))
        case = self._of_account()
        self.assertFalse(self._seen())
        for day, seen in ((13, True), (15, True), (16, False)):
            with self.subTest(day=day), freeze_time(f"2026-03-{day} 02:00:00"):
                self.assertEqual(bool(self._seen()), seen)
        with freeze_time("2026-03-15 16:30:00"):  # past midnight in Shanghai
            self.assertNotIn(case, self._seen())

    # -- the end ------------------------------------------------------------------------------

    def test_revoked(self):
        """The holder revokes at once and the delegate is told; delegates can give it up."""
        row = self._named()
        case = self._of_account()
        with self.assertRaises(WrongStateError):
            row.with_user(self.users["portal2"]).sudo()._portal_do("revoke")
        self.assertEqual(self._seen(), case)
        mine = self._delegates()._portal_find(row.id)
        mine._portal_do("revoke")
        self.assertFalse(self._seen())
        self.assertIn("You may no longer act", self._mails_to(LINA)[-1].body_html)
        with self.assertRaises(WrongStateError):
            mine._portal_do("revoke")
        other = self._named()
        self._delegates("portal2")._portal_find(other.id)._portal_do("resign")
        self.assertEqual(other.state, "resigned")
        self.assertIn("has given up", self._mails_to(HOLDER)[-1].body_html)

    def test_staff(self):
        """Only the desk sees and revokes it on the account; it cannot be edited."""
        row = self._named()
        form = self._as("agent", self.account).delegate_ids
        self.assertEqual((form, form.name_masked), (row, "李*"))
        for login in ("department", "integration", "plain", "portal2"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, row).action_revoke()
        with self.assertRaises(AccessError):
            self._as("quality", row).action_revoke()
        for login in ("manager", "su"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, row).write({"date_until": "2030-01-01"})
        self._as("agent", row).action_revoke()
        self.assertEqual((row.state, self._event_kinds()[-1]), ("revoked", "revoked_by_staff"))
        self.assertIn("Our staff have ended", self._mails_to(HOLDER)[-1].body_html)
        with self.assertRefused("This delegation has ended already"):
            self._as("agent", row).action_revoke()

    def test_handed_over(self):
        """Another holder, a closed account, a holder who is gone: no delegate."""
        case = self._of_account()
        for change in (
            lambda: self.account.write({"partner_id": self.users["portal2"].partner_id.copy().id}),
            lambda: self.account.write({"active": False}),
            lambda: self.customer.write({"active": False}),
        ):
            self.account.write({"partner_id": self.customer.id, "active": True})
            self.users["portal1"].active = True
            self.customer.active = True
            row, waiting = self._named(), self._invite(email="wang@example.com")
            self.assertIn(case, self._seen())
            self.users["portal1"].active = False
            change()
            self.assertEqual((row.state, waiting.state), ("ended", "ended"))
            self.assertFalse(self._seen())
            self.assertFalse(self._delegates("portal2")._of_token(waiting._token()))
        self.assertIn("another holder or is closed", self._mails_to(HOLDER)[-1].body_html)

    def test_past_all_services(self):
        """Another holder's account is closed to a delegate even if not ended."""
        self._named()
        self._of_account()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE water_account SET partner_id = %s WHERE id = %s",
            [self.env.company.partner_id.id, self.account.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self._seen())

    # -- evidence -----------------------------------------------------------------------------

    def test_chain(self):
        """Altered rows are noticed, and give no access."""
        self._named()
        events = self.env["water.account.event"].sudo()
        self.assertEqual(self.account._verify_events(), [])
        row = events.search([("account_id", "=", self.account.id)], limit=1)
        with self.assertRaises(AccessError):
            row.write({"kind": "revoked"})
        with self.assertRaises(AccessError):
            self._as("manager", row).unlink()
        for altered in (
            "kind = 'declined'",
            "case_name = 'x'",
            "action = 'x'",
            "delegate_id = NULL",
        ):
            with self.subTest(altered=altered), self.env.cr.savepoint() as savepoint:
                query = f"UPDATE water_account_event SET {altered} WHERE id = %s"  # noqa: S608
                self.env.cr.execute(query, [row.id])
                self.env.invalidate_all()
                self.assertTrue(self.account._verify_events())
                savepoint.rollback()
                self.env.invalidate_all()

    def test_erased(self):
        """Erasing a delegate ends the access and removes the name."""
        row = self._named()
        self.users["portal2"].active = False
        acts.erase(self.customer2, "本人申请")
        self.assertEqual((row.state, row.name, row.email), ("ended", "***", False))
        self.assertEqual(self.account._verify_events(), [])

    def test_erased_case_is_not_led_to(self):
        """Neither account nor case refers to the erased holder."""
        row = self._named("sees_cases", "files_cases")
        case, other = self._of_account(), self._of_account()
        for one in (case, other):
            mine = self._as("portal2", self.env["water.inquiry"])._portal_find(one.id)
            mine._portal_do("message", {"body": "我补充一下"})
        trusted(case.sudo()).state = "closed"
        acts.erase(case.sudo(), "本人要求")
        self.env.flush_all()
        self.env.invalidate_all()
        events = self.env["water.account.event"].sudo()
        events = events.search([("account_id", "=", self.account.id)])
        told = str([(event.case_name, event.payload) for event in events])
        self.assertNotIn(case.name, told)
        self.assertIn(other.name, told)
        acted = case.event_ids.filtered(lambda event: event.kind == "delegate_acted")
        self.assertNotIn("delegation", acted.payload)
        self.assertEqual(self.account._verify_events(), [])
        self.assertWhole(case)
        page = self._delegates()._portal_overview()
        self.assertEqual([line["case"] for line in page["news"][:2]], [other.name, ""])
        self.assertEqual(row.state, "active")

    def test_staff_cannot_act_for_former_customers(self):
        """A delegate who comes to work for the company acts no more, on no page."""
        self._named()
        case = self._of_account()
        self.assertEqual(self._seen(), case)
        group = self.env.ref("water_service_desk.group_agent")
        self.users["portal2"].group_ids = self.env.ref("base.group_user") | group
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self._seen())
        self.users["portal2"].group_ids = self.env.ref("base.group_portal")
        self.env.invalidate_all()
        self.assertEqual(self._seen(), case)
