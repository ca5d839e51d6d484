from ..base.tests import (
    test_isolated,
    test_blanks,
    test_cache_rollback,
    test_copies,
    test_door,
    test_embedded_actions,
    test_examples,
    test_file_store,
    test_filters,
    test_length,
    test_load_csv,
    test_mixin,
    test_moments,
    test_named,
    test_names,
    test_numbers,
    test_pattern_cost,
    test_scheduled,
    test_shown_names,
    test_spans,
    test_sql_words,
    test_steady_classes,
)
from ..privacy.tests import (
    test_bulk_reading,
    test_erasure,
    test_erasure_chain,
    test_erasure_threads,
    test_further_addresses,
    test_import_dates,
    test_masking,
    test_outgoing,
    test_other_apps,
    test_package,
    test_reveal,
    test_reveal_tour,
    test_scrub,
    test_sheets,
)
from ..account.tests import test_account_holder
from ..case.tests import test_audit, test_case_bounds, test_files, test_finished, test_lost_right
from ..case.tests import test_columns, test_outline
from ..case.tests import test_thread, test_transition, test_triage, test_triage_bounds
from ..assignment.tests import test_bounce, test_dispatch, test_dispatch_answers
from ..assignment.tests import test_dispatch_dialog, test_dispatch_nobody
from ..assignment.tests import test_membership, test_ownership, test_two_departments
from ..availability.tests import test_outage as test_availability_outage
from ..availability.tests import test_clock_ahead, test_processes, test_versions
from ..clock.tests import (
    test_asked_limits,
    test_bad_standard,
    test_breach,
    test_calendar,
    test_calendar_kinds,
    test_clock_display,
    test_counted_limit,
    test_deadline,
    test_duty_board,
    test_duty_tour,
    test_escalation,
    test_extension,
    test_hours_change,
    test_in_time,
    test_ladder,
    test_moved_limit,
    test_others_calendars,
    test_pause,
    test_provisional,
    test_severity_clocks,
    test_special_day,
    test_standard,
    test_sweep_many,
    test_waiting,
    test_working_time,
    test_working_time_odoo,
)
from ..monitoring.tests import test_json_log, test_metrics
from ..messaging.tests import test_gateway, test_gateway_http, test_mail_again, test_mail_logo
from ..messaging.tests import test_claim, test_mail_server, test_mail_sharing
from ..messaging.tests import test_mail_words, test_message, test_new_date, test_visitor_http
from ..messaging.tests import test_wechat
from ..anchor.tests import test_anchor, test_time_stamp
from ..pdf.tests import test_pdf, test_pdf_fonts, test_pdf_limit, test_pdf_resources
from ..staff.tests import test_forbidden_phrase, test_skill
from ..second_factor.tests import test_second_factor
from ..knowledge.tests import test_article, test_article_case, test_article_search
from ..intake.tests import (
    test_links,
    test_attempt,
    test_other_routes,
    test_papers_active,
    test_pictures,
    test_scanner,
    test_sign_in,
    test_uploads,
)
from ..callback.tests import (
    test_callback,
    test_callback_again,
    test_callback_bounds,
    test_callback_queue,
    test_callback_tour,
    test_handled_again,
    test_talk_amounts,
)
from ..portal.tests import (
    test_portal,
    test_portal_address,
    test_portal_case,
    test_portal_home,
    test_portal_list,
    test_published_files,
)
from ..delegation.tests import test_delegate, test_portal_delegate
from ..account_change.tests import test_account_change, test_account_change_bounds
from ..visit.tests import test_calendar_file, test_visit_bounds, test_visit_work
from ..external_order.tests import test_order, test_workbook
from ..inquiry.tests import test_chat, test_inquiry_flow, test_inquiry_promise, test_wished_call
from ..request.tests import (
    test_callback_talk,
    test_guide,
    test_mail_dialog,
    test_night_emergency,
    test_own_data,
    test_promise_words,
    test_own_request,
    test_preference,
    test_request_bounds,
    test_request_decision,
    test_request_feedback,
    test_request_flow,
    test_request_notice,
    test_request_portal,
    test_request_standard,
    test_request_step,
    test_request_tables,
    test_request_transition,
    test_request_waiting,
    test_visit,
    test_visit_change,
)
from ..duplicate.tests import test_matter, test_matter_bounds
from ..split.tests import test_split
from ..relation.tests import test_relation
from ..sign_off.tests import test_sign_off
from ..batch.tests import test_batch
from ..allocation.tests import test_queue, test_sharing
from ..playbook.tests import test_playbook
from ..progress_news.tests import test_news
from ..public_page.tests import test_door_limits, test_draft, test_front, test_full_disk
from ..public_page.tests import test_public_limits
from ..public_page.tests import test_lost_code, test_public_page, test_track
from ..own_account.tests import test_own_account, test_sign_in_phone
from ..category_proposal.tests import test_category_proposal
from ..mail_gateway.tests import (
    test_mail_company,
    test_mail_deep,
    test_mail_door,
    test_mail_forged,
    test_mail_language,
    test_mail_odd,
    test_mail_reading,
)
from ..api.tests import test_api, test_api_account, test_api_course, test_api_steps, test_keys
from ..api.tests import test_api_pages, test_api_spoken, test_webhook
from ..call_screen.tests import test_call
from ..call_log.tests import test_call_log
from ..table_import.tests import test_table_import
from ..customer.tests import test_customer
from ..field_work.tests import test_field
from ..home.tests import test_home, test_home_count, test_home_count_zones, test_manual, test_setup
from . import (
    test_alarm,
    test_hoot,
    test_machine,
    test_views,
)
