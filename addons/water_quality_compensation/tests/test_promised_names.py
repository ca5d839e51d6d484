from odoo.tests import TransactionCase, tagged

DESK = "water_service_desk."
#: records of every case
CASE = (
    "name subject description verbatim partner_id contact_name phone phone_normalized email_from"
    " address account_id zone_id channel_id category_id severity received_at occurred_at"
    " first_responsible_id user_id department_id stage_id state deadline_ids next_due_at"
    " deadline_state dispatch_ids event_ids callback_ids is_anonymous is_confidential"
    " external_source external_ref external_due_at closed_at company_id"
)
LINKS = "inquiry_id request_id complaint_id"
#: Names that reports and programs of others use, which no release takes away: model → fields.
NAMES = {
    "water.inquiry": f"{CASE} answer article_id resolved_on_first_contact promised_due_at",
    "water.request": f"{CASE} guide_id notice_issued_at accepted_at visit_ids result fed_back_at",
    "water.complaint": f"{CASE} demand person_complained_id readback_at incident_id finding"
    " liability cause_id notice_ids confirmed_at satisfaction_result satisfaction_process"
    " reopen_count duplicate_of_id archived_at archive_digest",
    "water.callback": f"{LINKS} due_at attempt_ids outcome score user_id",
    "water.dispatch": f"{LINKS} department_id role state sent_at accepted_at rejected_at"
    " reject_reason",
    "water.deadline": f"{LINKS} kind started_at warn_at due_at provisional met_at breached_at"
    " paused_minutes state explanation",
    "water.standard": "code valid_from version line_ids",
    "water.standard.line": "amount unit calendar_id valid_from version",
    "water.case.event": "kind at user_id payload digest previous_digest",
    "water.stage": "model state fold",
    "water.category": "code",
    "water.channel": "code",
    "water.department": "code",
    "water.zone": "code",
    "water.account": "code",
    "water.guide": "code",
    "water.article": "code",
    "water.incident": "level aware_at restored_at strategic_main complaint_ids",
    "water.investigation": "method finding",
    "water.evidence": "kind checksum published",
    "water.resolution": "complaint_id",
    "water.negotiation": "complaint_id",
    "water.notice": "kind sent_at delivered_at appeal_until",
    "water.appeal": "level reviewer_id decision deadline_ids",
    "water.compensation": "rule_id amount state due_on late_penalty move_id payment_state trace",
    "water.compensation.rule": "code",
    "water.improvement": "state",
    "water.inspection": "state",
    "water.kpi": "code numerator_domain denominator_domain",
    "water.kpi.sheet": "period_start state line_ids digest",
    "water.kpi.line": "numerator denominator value",
    "water.problem": "complaint_ids effect",
    "water.assessment": "period_start state score",
    "water.call.record": "offered_at answered_at ended_at result user_id",
}
#: Keys of selections that they compare with.
KEYS = {
    "water.complaint.severity": "normal complex urgent emergency",
    "water.complaint.finding": "upheld partly not_upheld",
    "water.deadline.kind": "accept contact on_site verify plan close feedback callback appeal"
    " payment promise external",
    "water.deadline.state": "running paused met breached void",
    "water.standard.line.unit": "minute hour working_hour working_day calendar_day",
    "water.kpi.sheet.state": "draft checked closed",
    "water.dispatch.role": "lead support",
}
GROUPS = "agent department supervisor quality manager integration"


@tagged("post_install", "-at_install")
class TestPromisedNames(TransactionCase):
    """Names used by others exist and can be read and searched."""

    def test_fields(self):
        for model, names in NAMES.items():
            with self.subTest(model):
                self.assertFalse(set(names.split()) - set(self.env[model]._fields))

    def test_keys(self):
        for path, keys in KEYS.items():
            model, _dot, name = path.rpartition(".")
            with self.subTest(path):
                known = self.env[model]._fields[name].get_values(self.env)
                self.assertFalse(set(keys.split()) - set(known))

    def test_groups(self):
        for name in GROUPS.split():
            self.assertEqual(self.env.ref(f"{DESK}group_{name}")._name, "res.groups")

    def test_records_are_called_by_their_codes(self):
        """Categories, departments and channels that are delivered."""
        for model in ("category", "department", "channel"):
            data = self.env["ir.model.data"].search(
                [("model", "=", f"water.{model}"), ("module", "=", DESK[:-1])]
            )
            self.assertGreater(len(data), 10)
            for row in data:
                code = self.env[row.model].browse(row.res_id).code
                self.assertEqual(row.name, f"{model}_{code.lower()}")

    def test_terms_of_a_standard(self):
        """Its lines say from when they hold, and are found by it."""
        line = self.env["water.standard.line"].search([], limit=1)
        standard = line.standard_id
        self.assertEqual((line.valid_from, line.version), (standard.valid_from, standard.version))
        found = line.search([("version", "=", standard.version), ("id", "=", line.id)])
        self.assertEqual(found, line)
