import re

from odoo import api, models

from ...intake.filing import FilingError, clean_text
from ...messaging.models.res_partner import MUTES

MEDIA = ("mail", "sms", "wechat", "none")


class ResPartner(models.Model):
    """The form of a customer's preferences for messages."""

    _inherit = "res.partner"

    def _water_wishes(self, typed=None):
        """Return the signed-in customer's preferences for the page.

        :param typed: input of a refused form
        """
        partner = self.sudo()
        shown = {
            "medium": partner.water_message_medium or "",
            "lang": partner.lang or "",
            "quiet_from": self._water_clock(partner.water_quiet_from),
            "quiet_until": self._water_clock(partner.water_quiet_until),
            "representative": partner.water_tell_representative or "both",
        }
        if partner.water_quiet_from == partner.water_quiet_until:
            shown |= {"quiet_from": "", "quiet_until": ""}
        wanted = [kind for kind in MUTES if partner._water_wants(kind)]
        if typed is not None:
            shown |= {name: typed.get(name, "") for name in shown}
            wanted = [kind for kind in MUTES if typed.get(f"tell_{kind}")]
        return {
            "typed": shown,
            "wanted": wanted,
            "kinds": self._water_kind_labels(),
            "media": self._water_media_choices(),
            "langs": self.env["res.lang"].get_installed(),
        }

    def _water_media_choices(self):
        """Return ``[(value, label, address)]`` of the customer's channels."""
        partner, company = self.sudo(), self.env.company
        usable = {medium for medium, _company in self.env["water.gateway"]._usable(company)} | {
            "mail"
        }
        labels = {
            "mail": self.env._("Mail"),
            "sms": self.env._("Text message"),
            "wechat": self.env._("WeChat"),
        }
        shown = {"mail": partner.email, "sms": partner.phone_sanitized, "wechat": ""}
        choices = [("", self.env._("Whichever way reaches me best"), "")]
        for medium, label in labels.items():
            if medium in usable and partner._water_address(medium):
                choices.append((medium, label, shown[medium]))
        return [*choices, ("none", self.env._("On these pages only, no messages"), "")]

    @api.model
    def _water_clock(self, hours):
        minutes = round(hours * 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"

    def _water_keep_wishes(self, values):
        """Store the signed-in customer's choices.

        :param values: {form field: text as typed}
        :raises FilingError: field by field; nothing is saved then
        """
        errors = {}
        vals = self._read_wish_choices(values, errors) | self._read_quiet(values, errors)
        for kind, field in MUTES.items():
            vals[field] = values.get(f"tell_{kind}") != "1"
        if errors:
            raise FilingError(errors)
        # sudo: res.partner - the customer's own preferences, checked here
        partner = self.sudo()
        changed = {name: value for name, value in vals.items() if (partner[name] or False) != value}
        partner.write(changed)
        self._log_wishes(changed)

    def _read_wish_choices(self, values, errors):
        medium, lang = clean_text(values.get("medium")), clean_text(values.get("lang"))
        if medium not in [choice for choice, _label, _address in self._water_media_choices()]:
            errors["medium"] = self.env._("Choose one of the ways in the list.")
        if lang not in dict(self.env["res.lang"].get_installed()):
            errors["lang"] = self.env._("Choose one of the languages in the list.")
        alone = values.get("representative") == "alone"
        return {
            "water_message_medium": medium or False,
            "lang": lang,
            "water_tell_representative": "alone" if alone else "both",
        }

    def _read_quiet(self, values, errors):
        hours = {}
        for name in ("quiet_from", "quiet_until"):
            text = clean_text(values.get(name))
            found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)(:\d\d)?", text)
            if text and not found:
                errors[name] = self.env._("Enter a time, such as 22:00.")
            hours[name] = int(found[1]) + int(found[2]) / 60 if found else None
        if not errors and (hours["quiet_from"] is None) != (hours["quiet_until"] is None):
            errors["quiet_until"] = self.env._("Say both from when and until when it is quiet.")
        return {f"water_{name}": hours[name] or 0.0 for name in hours}

    def _log_wishes(self, changed):
        if not changed:
            return
        partner = self.sudo().with_context(lang=self.env.company.sudo().partner_id.lang)
        labels = [partner._fields[name]._description_string(partner.env) for name in changed]
        partner._message_log(
            body=partner.env._("The customer has changed their wishes about messages: %s", labels)
        )
