"""Roles of staff: XML ids of the groups, and the sets used by rules.

One role is a string, several are a tuple; for fields (``groups=``) a string with commas.
"""

AGENT = "water_service_desk.group_agent"
DEPARTMENT = "water_service_desk.group_department"
SUPERVISOR = "water_service_desk.group_supervisor"
QUALITY = "water_service_desk.group_quality"
MANAGER = "water_service_desk.group_manager"
INTEGRATION = "water_service_desk.group_integration"

#: who works on a case
WORKER = (AGENT, DEPARTMENT)
#: who calls customers back
CALLER = (AGENT, QUALITY)

#: for fields: users who see the money and course of a case
CASE_GROUPS = ",".join(CALLER)
#: for fields: users who contact customers; others read the masked twins
CONTACT_GROUPS = ",".join((AGENT, QUALITY, INTEGRATION))
