"""The pages of external supervisors, for test_accessibility.py."""

#: The customer ``{me}`` is a social supervisor and a mystery visitor; a survey is published.
WATCHING = """
INSERT INTO water_social_supervisor (partner_id, company_id, starts_on, ends_on)
    SELECT {me}, min(id), current_date - 9, current_date + 9 FROM res_company;
UPDATE water_supervision_finding SET partner_id = {me}, answer = '已增开窗口', state = 'replied',
    supervisor_id = (SELECT id FROM water_social_supervisor WHERE partner_id = {me})
    WHERE id = (SELECT min(id) FROM water_supervision_finding);
UPDATE water_inspection SET visitor_id = {me}, given_at = now(), visit_until = current_date + 9
    WHERE id = (SELECT min(id) FROM water_inspection WHERE state = 'draft');
UPDATE water_satisfaction_survey SET state = 'published', measures = '增开周末窗口';
"""


def look_at_outsiders(walk):
    """Lists, the form of an observation and a checklist, both refused, and one answered."""
    page = walk.page
    walk.open("/my/observations")
    page.locator("main a[href*='/my/observations/']:not([href$=new])").first.click()
    page.locator("#answer").wait_for()
    walk.look()
    walk.open("/my/observations/new")
    walk.send(".o_water_public_form", "refused")
    walk.open("/my/mystery-visits")
    page.locator("main a[href*='/my/mystery-visits/']").first.click()
    page.locator("button[value=send]").click()
    page.locator("#water_errors").wait_for()
    walk.look_refused()
