from . import test_pdf, test_pdf_resources
from . import test_hoot
from . import test_escalation, test_pause, test_standard
