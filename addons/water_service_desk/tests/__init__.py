from . import test_api, test_mail_door, test_mail_reading, test_webhook
from . import test_article, test_article_case, test_article_search
from . import test_call, test_hoot
from . import test_escalation, test_pause, test_standard
from . import test_pdf, test_pdf_resources, test_portal, test_portal_case, test_published_files
from . import test_pictures, test_uploads
from . import test_door_limits, test_public_limits, test_public_page, test_track
from . import test_audit, test_calendar, test_callback, test_deadline, test_dispatch
from . import test_inquiry_flow, test_masking, test_ownership, test_transition, test_working_time
from . import test_guide, test_request_feedback, test_request_flow, test_request_notice
from . import test_portal_list, test_request_portal, test_request_transition, test_visit
from . import test_views
from . import test_gateway, test_gateway_http, test_message
from . import test_order
from . import test_bad_standard, test_special_day, test_working_time_odoo
from . import test_clock_display, test_duty_board, test_duty_tour
from . import test_bounce, test_callback_queue, test_callback_talk, test_callback_tour
from . import test_erasure, test_reveal, test_reveal_tour
from . import test_forbidden_phrase, test_skill
from . import test_triage
from . import test_delegate, test_portal_delegate, test_preference, test_visit_change
