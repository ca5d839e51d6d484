"""The steps that complaints and incidents add to those of ``water_service_desk/case/steps.py``."""

from odoo.addons.water_service_desk.case.steps import Step

PARTIES = ("company", "customer", "property", "third_party", "force_majeure")
#: Fields that an investigation concludes, with the shares of the parties.
SHARES = tuple(f"share_{party}" for party in PARTIES)
CONCLUSION = frozenset(
    {"investigation", "finding", "liability", "is_shared", *SHARES, "cause_id", "five_why"}
    | {"basis_evidence_ids"}
)
MAJOR = ("major_media", "major_injury", "major_group", "major_legal")
#: Fields by which a case belongs to an incident.
PLACED = ("category_id", "zone_id", "account_id", "occurred_at")

#: Rows of every case.
CASE_NEW = ("_prepare_incident",)
CASE_CREATED = (Step("_follow_incident"),)
CASE_CHANGED = dict.fromkeys(PLACED, ("_on_matter_of_incident",))

#: Rows of complaints.
NEW = ("_prepare_outsider", "_prepare_confidential")
CREATED = (
    Step("_log_own_unit", "first_responsible_id"),
    Step("_link_anonymous", "is_anonymous"),
    Step("_mark_major", "is_major"),
)
CHANGED = {
    "representative_id": ("_on_customer_named", "_on_customers_changed"),
    **dict.fromkeys(sorted(CONCLUSION), ("_on_conclusion",)),
    "finding": ("_on_conclusion", "_on_judged_again"),
    "state": ("_on_judged_again",),
    "plan": ("_on_plan",),
    "department_complained_id": ("_on_unit_complained",),
    **dict.fromkeys(MAJOR, ("_on_major",)),
}
EVENTS = {"": ("_seal_later",)}
