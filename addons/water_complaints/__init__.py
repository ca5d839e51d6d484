from . import complaint, registration, conflict_of_interest, investigation, settlement, notice
from . import escalation, duplicate, appeal, satisfaction, incident, outage_page
from . import compensation_scheme, compensation, archive, service_quality, call_screen
from . import table_import, customer, kpi, bulletin, problem, assessment
from .archive.hooks import forget_complaints
