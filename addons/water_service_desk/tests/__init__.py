from . import test_call, test_hoot
from . import test_escalation, test_pause, test_standard
from . import test_pdf, test_pdf_resources, test_portal, test_portal_case, test_published_files
from . import test_uploads
from . import test_audit, test_calendar, test_callback, test_deadline, test_dispatch
from . import test_inquiry_flow, test_masking, test_ownership, test_transition, test_working_time
from . import test_views
from . import test_clock_display, test_duty_board, test_duty_tour
