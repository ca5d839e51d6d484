"""The part of the access matrix that is about requests, guides and visits."""

#: Materials are checked by the desk and by the department that has the request.
_MATERIAL = """
                        own    other  restricted  machine  company
    agent               rw     rw     -           rw       -
    supervisor,manager  rw     rw     rw          rw       -
    quality             r      r      r           r        -
    department          rw     -      -           -        -
    department2         -      rw     -           -        -
    foreign             -      -      -           -        rw
"""

#: Quality tells results too.
# the proposed words are read from the case: not for those who do not see it
_FEEDBACK_DIALOG = """
                                      own  other
    agent,supervisor,quality,manager  rwc  c
"""


def request_tables(case, evidence, configuration, company_configuration, desk, worker):
    """{model: table}, from the tables that requests share with the other cases."""
    return {
        "water.request": case,
        "water.request.material": _MATERIAL,
        "water.request.step": evidence,
        "water.request.notice": evidence,
        "water.request.decision": evidence,
        "water.request.feedback": evidence,
        "water.visit": _MATERIAL,
        "water.guide": company_configuration,
        "water.guide.material": company_configuration,
        "water.guide.step": company_configuration,
        "water.guide.fee": company_configuration,
        "water.request.reason": configuration,
        "water.visit.wizard": worker,
        "water.visit.change.wizard": worker,
        "water.material.wizard": worker,
        "water.acknowledge.wizard": desk,
        "water.request.decision.wizard": worker,
        "water.feedback.wizard": _FEEDBACK_DIALOG,
        "water.close.wizard": desk,
    }
