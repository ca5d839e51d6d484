from . import test_letter, test_mails, test_portal, test_public_complaint
from . import test_access, test_complaint_deadline, test_complaint_flow, test_complaint_transition
from . import test_conflict, test_hostile, test_module, test_multicompany, test_notice, test_reader
from . import test_complaint_order, test_incident, test_performance, test_scenario
from . import test_clickbot, test_tour, test_views
from . import test_compensation, test_compensation_balance, test_compensation_money
from . import test_compensation_people
from . import test_improvement, test_inspection, test_staff_document
from . import test_convert, test_major, test_merge, test_recusal, test_register, test_repeat
from . import test_register_portal, test_register_tour, test_scenario_anonymous
from . import test_compensation_exemption, test_compensation_incident, test_compensation_math
from . import test_compensation_rule, test_compensation_trigger, test_leak_allowance
from . import test_appeal_grant, test_compensation_scenario
from . import test_evidence, test_fact_tour, test_investigation, test_resolution
from . import test_archive, test_archive_reader, test_archive_tour, test_destruction
from . import test_incident_bulk, test_scenario_outage, test_sealed_file
from . import test_readonly, test_representative, test_upgrade
