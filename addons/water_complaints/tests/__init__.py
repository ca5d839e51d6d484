from ..complaint.tests import (
    test_complaint_deadline,
    test_complaint_flow,
    test_complaint_order,
    test_complaint_parts,
    test_complaint_portal,
    test_complaint_queue,
    test_complaint_tour,
    test_complaint_transition,
    test_dispatch_clock,
    test_night_complaint,
    test_public_complaint,
    test_saved_once,
)
from ..registration.tests import (
    test_anonymous,
    test_convert,
    test_registration,
    test_registration_portal,
    test_registration_tour,
)
from ..conflict_of_interest.tests import test_conflict, test_deputies, test_own_matter
from ..conflict_of_interest.tests import test_recusal
from ..investigation.tests import test_conclusion, test_evidence
from ..investigation.tests import test_investigation, test_investigation_tour
from ..investigation.tests import test_visit_evidence
from ..settlement.tests import test_resolution, test_settlement, test_waiting
from ..notice.tests import test_letter, test_notice, test_signed_letter
from ..escalation.tests import test_escalation, test_major
from ..duplicate.tests import test_merge, test_merge_departments, test_merge_limits
from ..duplicate.tests import test_merge_people, test_merge_promises, test_merge_still
from ..duplicate.tests import test_merge_represented
from ..duplicate.tests import test_mirror, test_repeat, test_unmerge_people
from ..appeal.tests import (
    test_appeal,
    test_appeal_counts,
    test_appeal_decision,
    test_appeal_letter,
    test_appeal_merged,
    test_appeal_portal,
    test_appeal_shown,
    test_appeal_states,
    test_appeal_tour,
)
from ..satisfaction.tests import test_answer_told, test_satisfaction
from ..call_screen.tests import test_call_incident
from ..table_import.tests import test_outage_import
from ..customer.tests import test_customer as test_complaints_customer
from ..incident.tests import test_incident, test_incident_bulk, test_incident_ending
from ..incident.tests import test_expected_end, test_incident_kind, test_incident_makers
from ..incident.tests import test_incident_cases, test_incident_merged, test_incident_times
from ..incident.tests import test_outage_minutes, test_overtaken_news, test_planned_outage
from ..incident.tests import test_incident_calls, test_incident_changes, test_incident_english
from ..incident.tests import test_planned_moved, test_planned_times
from ..outage_page.tests import test_outage_page
from ..outage_page.tests import test_shared_promise
from ..sign_off.tests import test_sign_rule
from ..archive.tests import (
    test_archive,
    test_archive_forged,
    test_archive_reader,
    test_archive_kept,
    test_clock_jumps,
    test_archive_search,
    test_archive_tour,
    test_seal_alarms,
    test_sealers,
    test_destruction,
    test_dossier_pages,
    test_scenario_outage,
    test_sealed_file,
)
from ..forms.tests import test_forms
from . import test_hoot
