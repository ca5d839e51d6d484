"""Who may do what with which record: r(ead), w(rite), c(reate another), u(nlink).

Situations of a case and of what belongs to it:

own          registered by ``agent``, dispatched to NET (``department``)
other        another agent's, another customer's, dispatched to LAB (``department2``)
restricted   another agent's, of a restricted category, with a third department
machine      filed by the ``integration``, not taken by anybody yet
company      of the second company, where ``foreign`` is the manager

Master data is of one's own company, or of the other one. A dialog is one's own, or opened by
somebody else. A role without a line has no access at all: so it is everywhere for ``plain``
(an internal user without a group of ours), for both portal customers, and for the public.
"""

from functools import lru_cache

from odoo.addons.water_compensation.compensation.tests.access_matrix import TABLES as COMPENSATION
from odoo.addons.water_compensation.compensation_scheme.tests.access_matrix import scheme_tables
from odoo.addons.water_complaints.appeal.tests.access_matrix import APPEALS
from odoo.addons.water_complaints.archive.tests.access_matrix import ARCHIVE
from odoo.addons.water_complaints.incident.tests.access_matrix import incident_tables
from odoo.addons.water_complaints.investigation.tests.access_matrix import FACTS
from odoo.addons.water_complaints.registration.tests.access_matrix import register_tables
from odoo.addons.water_quality.assessment.tests.access_matrix import ASSESSMENT
from odoo.addons.water_quality.kpi.tests.access_matrix import KPI
from odoo.addons.water_quality.problem.tests.access_matrix import PROBLEM
from odoo.addons.water_quality.satisfaction_survey.tests.access_matrix import SURVEY
from odoo.addons.water_quality.service_quality.tests.access_matrix import QUALITY
from odoo.addons.water_quality.supervision.tests.access_matrix import SUPERVISION
from odoo.addons.water_quality.training.tests.access_matrix import TRAINING

from .access_fixture_call import CALL_CONFIGURATION
from .access_matrix_article import article_tables
from .access_matrix_delegate import DELEGATES
from .access_matrix_door import DOORS
from .access_matrix_public import TABLES as PUBLIC_TABLES
from .access_matrix_request import request_tables

ROLES = (
    "agent",
    "department",
    "department2",
    "supervisor",
    "quality",
    "manager",
    "integration",
    "finance",
    "foreign",
    "plain",
    "portal1",
    "portal2",
    "public",
)

_CASE = """
                        own    other  restricted  machine  company
    agent               rwc    rwc    c           rwc      -
    supervisor,manager  rwc    rwc    rwc         rwc      -
    quality             rw     rw     rw          rw       -
    department          rw     -      -           -        -
    department2         -      rw     -           -        -
    foreign             -      -      -           -        rwc
"""

#: Written by the service alone: everybody reads what belongs to the cases he sees.
_EVIDENCE = """
                                own    other  restricted  machine  company
    agent                       r      r      -           r        -
    supervisor,quality,manager  r      r      r           r        -
    department                  r      -      -           -        -
    department2                 -      r      -           -        -
    foreign                     -      -      -           -        r
"""

_CONFIGURATION = """
                                                     own
    agent,department,department2,supervisor,quality  r
    manager,foreign                                  rwcu
"""

_COMPANY_CONFIGURATION = """
                                                     own   company
    agent,department,department2,supervisor,quality  r     -
    manager                                          rwcu  -
    foreign                                          -     rwcu
"""

_CALL_CONFIGURATION = """
                              own
    agent,supervisor,quality  r
    manager,foreign           rwcu
"""

_DESK_DIALOG = """
                                      own  other
    agent,supervisor,manager,foreign  rwc  c
"""

_WORKER_DIALOG = """
                                                             own  other
    agent,department,department2,supervisor,manager,foreign  rwc  c
"""

# what is proposed is read from the case: not for those who do not see it
_DESK_PROPOSAL = """
                              own  other
    agent,supervisor,manager  rwc  c
"""

_WORKER_PROPOSAL = """
                                         own  other
    agent,department,supervisor,manager  rwc  c
"""

ACCESS = {
    "water.complaint": _CASE,
    "water.inquiry": _CASE,
    "water.case.event": _EVIDENCE,
    "water.deadline": _EVIDENCE,
    "water.notice": _EVIDENCE,
    "water.deadline.pause": _EVIDENCE,
    "water.escalation.notice": """
                                    own    other  restricted  machine  company
        supervisor,quality,manager  r      r      r           r        -
        foreign                     -      -      -           -        r
    """,
    "water.message": """
                                    own    other  restricted  machine  company
        agent                       r      r      -           r        -
        supervisor,quality,manager  r      r      r           r        -
        foreign                     -      -      -           -        r
    """,
    # written by system administrators, who have no role of ours
    "water.gateway": """
                 own  company
        manager  r    -
        foreign  -    r
    """,
    "water.dispatch": """
                            own    other  restricted  machine  company
        agent               r      r      -           r        -
        supervisor,manager  rw     rw     rw          rw       -
        quality             r      r      r           r        -
        department          rw     -      -           -        -
        department2         -      rw     -           -        -
        foreign             -      -      -           -        rw
    """,
    "water.callback": """
                                    own    other  restricted  machine  company
        agent                       rw     rw     -           rw       -
        supervisor,quality,manager  rw     rw     rw          rw       -
        foreign                     -      -      -           -        rw
    """,
    # who handled the case does not call
    "water.callback.attempt": """
                                    own    other  restricted  machine  company
        agent                       r      rc     -           rc       -
        supervisor,quality,manager  rc     rc     rc          rc       -
        foreign                     -      -      -           -        r
    """,
    "water.callback.answer": """
                                    own    other  restricted  machine  company
        agent                       rw     rw     -           rw       -
        supervisor,quality,manager  rw     rw     rw          rw       -
        foreign                     -      -      -           -        rw
    """,
    **dict.fromkeys(CALL_CONFIGURATION, _CALL_CONFIGURATION),
    "water.account": """
                                                     own   company
        agent,supervisor                             rwc   -
        quality                                      r     -
        manager                                      rwcu  -
        foreign                                      -     rwcu
    """,
    "water.account.holder": """
                                          own   company
        agent,supervisor,quality,manager  r     -
        foreign                           -     r
    """,
    "water.privacy.log": """
                         own    other  restricted  machine  company
        quality,manager  r      r      r           r        -
        foreign          -      -      -           -        r
    """,
    "water.erasure.wizard": """
                         own  other
        manager,foreign  rwc  c
    """,
    "water.package.wizard": """
                         own  other
        manager,foreign  rwc  c
    """,
    "water.zone": """
                                                         own   company
        agent,department,department2,supervisor,quality  r     -
        manager                                          rwcu  -
        foreign                                          -     rwcu
    """,
    "water.department": _COMPANY_CONFIGURATION,
    "water.standard": _COMPANY_CONFIGURATION,
    "water.escalation.step": _COMPANY_CONFIGURATION,
    "water.standard.line": _COMPANY_CONFIGURATION,
    "water.stage": _CONFIGURATION,
    "water.calendar.day": _CONFIGURATION,
    "water.hours.change": """
                 own  company
        manager  r    -
        foreign  -    r
    """,
    "water.category": _CONFIGURATION,
    "water.channel": _CONFIGURATION,
    "water.dispatch.reason": _CONFIGURATION,
    "water.cause": _CONFIGURATION,
    "water.customer.flag": _CONFIGURATION,
    # everybody reads his own items by ``home``
    "water.home.item": """
                         own
        manager,foreign  rwcu
    """,
    # of a person's first page; read by system administrators, who have no role of ours
    "water.home.count": """
                 own
        manager  -
    """,
    "water.call": _DESK_DIALOG,
    "water.callback.wizard": _DESK_DIALOG,
    "water.confirm.wizard": _DESK_DIALOG,
    "water.dispatch.wizard": _DESK_PROPOSAL,
    "water.external.wizard": _DESK_DIALOG,
    "water.end.wizard": _DESK_PROPOSAL,
    "water.readback.wizard": _DESK_DIALOG,
    "water.handover.wizard": """
                            own  other
        supervisor,manager  rwc  c
    """,
    "water.deputy.wizard": """
                            own  other
        supervisor,manager  rwc  c
    """,
    "water.replan.wizard": """
                                    own  other
        supervisor,manager,foreign  rwc  c
    """,
    "water.pause.wizard": _WORKER_PROPOSAL,
    "water.refusal.wizard": """
                                                  own  other
        agent,supervisor,quality,manager,foreign  rwc  c
    """,
    "water.breach.wizard": _WORKER_PROPOSAL,
    "water.first.run.wizard": """
                         own  other
        manager,foreign  rwc  c
    """,
    "water.promise.wizard": _WORKER_DIALOG,
    "water.contact.wizard": """
                                                                         own  other
        agent,department,department2,supervisor,quality,manager,foreign  rwc  c
    """,
    # about a dispatch to NET: a dialog cannot be opened for one that is out of sight
    "water.dispatch.reject.wizard": """
                                       own  other
        department,supervisor,manager  rwc  c
    """,
    "water.case.relation": _EVIDENCE,
    "water.sign.off": _EVIDENCE,
    "water.sign.rule": _COMPANY_CONFIGURATION.replace("rwcu", "rwc "),
    "water.case.split": """
                                    own    other  restricted  machine  company
        agent                       r      r      -           r        -
        supervisor,quality,manager  r      r      r           r        -
        foreign                     -      -      -           -        r
    """,
    "water.queue": """
                                  own   company
        agent,supervisor,quality  r     -
        manager                   rwcu  -
        foreign                   -     rwcu
    """,
    "water.shift": """
                            own   company
        agent,quality       r     -
        supervisor          rwc   -
        manager             rwcu  -
        foreign             -     rwcu
    """,
    "water.batch.wizard": _DESK_DIALOG,
    "water.batch.line": """
                                          own   other
        agent,supervisor,manager,foreign  rwc   c
    """,
    "water.split.wizard": _DESK_DIALOG,
    "water.news.wizard": _DESK_DIALOG,
    "water.case.news": """
                                    own    other  restricted  machine  company
        agent                       r      r      -           r        -
        supervisor,quality,manager  r      r      r           r        -
        foreign                     -      -      -           -        r
    """,
    "water.split.line": _DESK_DIALOG,
    "water.unsplit.wizard": _DESK_DIALOG,
    "water.relation.wizard": _DESK_DIALOG,
    **article_tables(_EVIDENCE),
    **QUALITY,
    **DELEGATES,
    **DOORS,
    **PUBLIC_TABLES,
    **FACTS,
    **request_tables(
        _CASE, _EVIDENCE, _CONFIGURATION, _COMPANY_CONFIGURATION, _DESK_DIALOG, _WORKER_DIALOG
    ),
    **ARCHIVE,
    **incident_tables(_DESK_DIALOG, _DESK_PROPOSAL),
    **register_tables(_DESK_DIALOG, _DESK_PROPOSAL, _COMPANY_CONFIGURATION),
    **COMPENSATION,
    **scheme_tables(_DESK_DIALOG),
    **APPEALS,
    **KPI,
    **PROBLEM,
    **TRAINING,
    **SUPERVISION,
    **SURVEY,
    **ASSESSMENT,
}


@lru_cache(None)
def expected():
    """{model: {situation: {role: letters}}} of the tables above."""
    return {model: _parse(table) for model, table in ACCESS.items()}


def _parse(table):
    head, *lines = [line.split() for line in table.strip("\n ").splitlines() if line.strip()]
    cells = {situation: dict.fromkeys(ROLES, "") for situation in head}
    for roles, *letters in lines:
        for role in roles.split(","):
            for situation, cell in zip(head, letters, strict=True):
                cells[situation][role] = cell.strip("-")
    return cells
