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
from . import test_hoot
