from odoo import api, models
from odoo.fields import Domain

#: An address where calls fail at once and reach nothing outside.
NOWHERE = "http://127.0.0.1:9"
#: Parameters of Odoo's that choose where its services in the internet are.
ENDPOINTS = (
    "iap.endpoint",
    "iap.partner_autocomplete.endpoint",
    "enrich.endpoint",
    "reveal.endpoint",
    "sms.endpoint",
    "snailmail.endpoint",
    "html_editor.olg_api_endpoint",
    "html_editor.media_library_endpoint",
    "website.olg_api_endpoint",
    "website.website_api_endpoint",
)
#: Links in messages are looked up by the server, which tells others of them.
PREVIEWS = "mail.link_preview_throttle"
#: Odoo's weekly report about users and their number.
REPORT = "mail.ir_cron_module_update_notification"
OPEN = "water_service_desk.odoo_services"


class WaterOutgoing(models.AbstractModel):
    """Odoo's services in the internet: names, telephones and figures stay here unless wanted.

    Meant are in-app purchases (completing companies, short messages, letters, texts), the weekly
    report to Odoo, looking up links, and notes pushed to browsers by their makers' servers.
    """

    _name = "water.outgoing"
    _description = "Services of Odoo in the Internet"

    @api.model
    def _is_open(self):
        """Return whether outgoing services are switched on."""
        # sudo: ir.config_parameter - asked by services of the system
        return self.env["ir.config_parameter"].sudo().get_param(OPEN) == "open"

    @api.model
    def _leaks(self):
        """Return the names of settings that send data outside, for the system check."""
        # sudo: ir.config_parameter, ir.cron - settings of the system
        get = self.env["ir.config_parameter"].sudo().get_param
        leaks = [key for key in ENDPOINTS if get(key) != NOWHERE]
        if get(PREVIEWS) != "0":
            leaks.append(PREVIEWS)
        report = self.env.ref(REPORT, raise_if_not_found=False)
        return leaks + [REPORT] if report and report.sudo().active else leaks

    @api.model
    def _close(self):
        """Point outgoing services nowhere; an administrator's own addresses stay."""
        parameters = self.env["ir.config_parameter"].sudo()
        for key, value in (*((key, NOWHERE) for key in ENDPOINTS), (PREVIEWS, "0")):
            if not parameters.get_param(key):
                parameters.set_param(key, value)
        parameters.set_param(OPEN, "closed")
        self._set_report(False)

    @api.model
    def _open(self):
        """Restore Odoo's own addresses."""
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.search(
            ["|", "&", ("key", "in", ENDPOINTS), ("value", "=", NOWHERE), ("key", "=", PREVIEWS)]
        ).unlink()
        parameters.set_param(OPEN, "open")
        self._set_report(True)

    @api.model
    def _forget(self):
        """Restore Odoo's settings when the addon is uninstalled."""
        endpoints = Domain("key", "in", ENDPOINTS) & Domain("value", "=", NOWHERE)
        previews = Domain("key", "=", PREVIEWS) & Domain("value", "=", "0")
        # sudo: ir.config_parameter - values set by the addon
        self.env["ir.config_parameter"].sudo().search(endpoints | previews).unlink()
        if not self._is_open():
            self._set_report(True)

    @api.model
    def _set_report(self, active):
        report = self.env.ref(REPORT, raise_if_not_found=False)
        if report:
            report.sudo().active = active


class PublisherWarrantyContract(models.AbstractModel):
    _inherit = "publisher_warranty.contract"

    @api.model
    def _get_sys_logs(self):
        """Report no data to Odoo."""
        if not self.env["water.outgoing"]._is_open():
            return {"messages": []}
        return super()._get_sys_logs()


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_thread_by_web_push(self, message, recipients_data, msg_vals=False, **kwargs):
        """Skip browser notifications, which use their makers' servers abroad."""
        if self.env["water.outgoing"]._is_open():
            super()._notify_thread_by_web_push(message, recipients_data, msg_vals, **kwargs)
