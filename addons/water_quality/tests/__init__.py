from ..bulletin.tests import test_bulletin
from ..kpi.tests import (
    test_dashboard_share,
    test_fact,
    test_fact_zones,
    test_kpi,
    test_kpi_afterwards,
    test_kpi_lawful,
    test_kpi_number,
    test_kpi_kept,
    test_kpi_sheet,
)
from ..problem.tests import test_problem
from ..assessment.tests import test_assessment, test_assessment_later, test_assessment_tour
from ..assessment.tests import test_findings, test_findings_later
from ..satisfaction_survey.tests import test_survey
from ..service_quality.tests import test_improvement, test_improvement_appeal, test_inspection
from ..service_quality.tests import test_inspection_plan, test_staff_document
from ..supervision.tests import test_finding, test_outside_pages
from ..training.tests import test_training
from ..wall_display.tests import test_wall
from . import (
    test_access,
    test_answers,
    test_api_states,
    test_apps,
    test_asked_by_name,
    test_odd_calls,
    test_odd_dialogs,
    test_attack,
    test_attack_routes,
    test_named_elsewhere,
    test_clickbot,
    test_context,
    test_erased_everywhere,
    test_field_marks,
    test_field_words,
    test_followers,
    test_hoot,
    test_hostile,
    test_machine,
    test_mails,
    test_module,
    test_multicompany,
    test_todos,
    test_two_companies,
    test_attack_companies,
    test_performance,
    test_portal_strangers,
    test_reader,
    test_reading,
    test_readonly,
    test_readonly_routes,
    test_refusals,
    test_role_pairs,
    test_route_numbers,
    test_scenario,
    test_scenario_handled_again,
    test_scenario_incident_kinds,
    test_scenario_limits,
    test_scenario_moving,
    test_scenario_new_year,
    test_scenario_summer_time,
    test_scenario_two_rules,
    test_upgrade,
    test_views,
)
from . import test_scenario_currencies
from . import test_scenario_figures, test_scenario_incident_turns, test_scenario_meetings
from . import test_scenario_meetings_bills, test_scenario_meetings_incidents
from . import test_scenario_meetings_clocks, test_scenario_meetings_money
from . import test_scenario_meetings_joint
from . import test_scenario_meetings_papers, test_scenario_meetings_parts
from . import test_scenario_meetings_people
from . import test_scenario_meetings_course, test_scenario_meetings_inquiries
from . import test_scenario_meetings_requests, test_scenario_meetings_texts
from . import test_scenario_meetings_results, test_scenario_meetings_turns
from . import test_scenario_meetings_volumes
from . import test_scenario_meetings_follow_up, test_scenario_meetings_visits
from . import test_scenario_money, test_scenario_month
from . import test_births, test_promised_names
