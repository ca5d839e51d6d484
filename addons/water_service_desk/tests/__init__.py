from . import test_pdf, test_pdf_resources
from . import test_hoot
