"""Rows that the walks of test_accessibility.py need: one of everything."""

#: One case in every state, of every type, a compensation in every state: all of one customer.
ALL_HIS = """
UPDATE water_complaint SET partner_id = {me} WHERE id IN
    (SELECT min(id) FROM water_complaint GROUP BY state);
UPDATE water_complaint SET partner_id = {me} WHERE id IN
    (SELECT min(complaint_id) FROM water_appeal GROUP BY state, decision);
UPDATE water_inquiry SET partner_id = {me} WHERE id IN
    (SELECT min(id) FROM water_inquiry GROUP BY state);
UPDATE water_request SET partner_id = {me} WHERE id IN
    (SELECT min(id) FROM water_request GROUP BY state, request_type);
UPDATE water_request SET partner_id = {me} WHERE id IN
    (SELECT min(request_id) FROM water_visit WHERE state IN ('planned', 'confirmed')
     GROUP BY state);
UPDATE water_compensation SET partner_id = {me} WHERE id IN
    (SELECT min(id) FROM water_compensation GROUP BY state, payment_state, kind);
UPDATE account_move SET partner_id = {me}, commercial_partner_id = {me} WHERE id IN
    (SELECT move_id FROM water_compensation WHERE partner_id = {me} AND payment_state = 'posted');
"""
#: One material of each kind of answer.
MATERIALS = """
WITH row AS (SELECT m.id, row_number() OVER (ORDER BY m.id) - 1 AS number
    FROM water_request_material m JOIN water_request r ON r.id = m.request_id
    WHERE r.partner_id = {me} AND r.state = 'notified')
UPDATE water_request_material m SET reason = '照片看不清',
    state = (ARRAY['incorrect', 'missing', 'supplied', 'correct'])[1 + row.number % 4]
    FROM row WHERE row.id = m.id;
"""
GATEWAY = """
INSERT INTO water_gateway
    (name, url, medium, method, body_format, success_status, timeout, max_attempts, active)
VALUES ('x', 'http://127.0.0.1:9/', 'sms', 'POST', 'json', '200', 1, 1, true)
"""
