-- a copy for testing tells nobody anything: run by `odoo neutralize`, after that of Odoo's own apps
UPDATE water_gateway SET active = false, url = 'https://gateway.invalid/';
UPDATE water_webhook SET active = false, url = 'https://webhook.invalid/';

-- secrets of gateways and webhooks, places of anchors
DELETE FROM ir_config_parameter
 WHERE key LIKE 'water\_service\_desk.gateway\_secret.%'
    OR key LIKE 'water\_service\_desk.webhook\_secret.%'
    OR key IN ('water_service_desk.anchor_folder', 'water_service_desk.anchor_authority',
               'water_service_desk.metrics_token', 'water_service_desk.backup_made_at',
               'water_service_desk.backup_drilled_at');
UPDATE ir_config_parameter SET value = 'False' WHERE key = 'water_service_desk.anchor_mail';

-- machines have keys of the running system, and its address in links
DELETE FROM res_users_apikeys;
UPDATE ir_config_parameter SET value = 'http://localhost:8069' WHERE key = 'web.base.url';

-- what still waits is never sent, whoever switches scheduled actions on
UPDATE mail_mail SET state = 'cancel' WHERE state = 'outgoing';
UPDATE water_message SET state = 'given_up', next_try_at = NULL WHERE state IN ('queued', 'failed');
UPDATE water_webhook_delivery SET state = 'dead', next_try_at = NULL WHERE state IN ('queued', 'failed');
