from ..kpi.tests import test_figures_of_money
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
    test_hostile,
    test_machine,
    test_mails,
    test_module,
    test_multicompany,
    test_todos,
    test_two_companies,
    test_attack_companies,
    test_performance,
    test_once,
    test_portal_strangers,
    test_reader,
    test_reading,
    test_scope,
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
