from . import complaint, registration, conflict_of_interest, investigation, settlement, notice
from . import escalation, duplicate, appeal, satisfaction, incident, outage_page
from . import sign_off, archive
from . import call_screen, table_import, customer
from . import forms
from .archive.hooks import forget_complaints
