-- a copy of the database for tests never writes to customers
UPDATE water_gateway SET active = false, token = NULL;
DELETE FROM ir_config_parameter WHERE key LIKE 'water_service_desk.gateway_secret.%';
-- nor does it seal anything in the name of the true one
DELETE FROM ir_config_parameter WHERE key LIKE 'water_service_desk.anchor_%';
