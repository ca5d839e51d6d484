from . import ir_mail_server, ir_qweb, mail_mail
from . import res_partner, mail_template
from . import mail_link_preview, mail_push, mail_render_mixin
from . import water_addressee_mixin
from . import water_outbox_mixin
from . import water_case_messaging, water_gateway, water_message, res_company
from . import res_config_settings, water_case_event, water_deadline
from . import water_alarm, water_setup
