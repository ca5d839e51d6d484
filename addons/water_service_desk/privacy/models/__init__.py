from . import water_export_mixin, water_export, base
from . import water_reveal_link_mixin, water_erasure_mixin, mail_mail, mail_message
from . import discuss_channel, ir_attachment, mail_activity, res_partner
from . import ir_qweb_field_contact
from . import mail_notification, mail_scheduled_message, data_recycle_model, data_recycle_record
from . import water_case_link_mixin, water_readonly_mixin, water_privacy_log
from . import water_personal_package, water_reveal_mixin, water_case_privacy, res_company
from . import res_config_settings
from . import water_outgoing, water_setup, ir_actions_report
