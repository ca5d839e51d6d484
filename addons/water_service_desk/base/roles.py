"""Who is who among the staff: XML ids of the groups, and the sets of them that rules speak of.

One role is a string, several are a tuple; what fields want (``groups=``) is a string with commas.
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

#: for fields: whoever sees the money and the ways of a case
CASE_GROUPS = ",".join(CALLER)
#: for fields: who needs to reach the customer; everybody else reads the masked twins
CONTACT_GROUPS = ",".join((AGENT, QUALITY, INTEGRATION))
