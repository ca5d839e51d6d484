from . import complaint, registration, conflict_of_interest, investigation, settlement, notice
from . import escalation, duplicate, appeal, satisfaction, incident, outage_page
from . import compensation_scheme, sign_off, compensation, archive, service_quality
from . import training, call_screen, table_import, customer
from . import kpi, bulletin, problem, assessment, forms, supervision, satisfaction_survey
from . import wall_display
from .archive.hooks import forget_complaints
