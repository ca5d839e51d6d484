from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.mail import single_email_re

from odoo.addons.phone_validation.tools import phone_validation

from ...base.moments import CLOCK_SKEW
from ..filing import FilingError, clean_text, first_line, parse_id, parse_local, parse_position


class WaterCaseMixin(models.AbstractModel):
    """Reads what a customer filled in, and says field by field what is missing or wrong."""

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.upload.mixin", "water.scanned.mixin"]

    #: flag on the categories a customer may choose for this case type
    _category_flag = None
    #: whether somebody may file without saying who he is (S2.2.4)
    _anonymous_filing = False
    #: fields of the customer's form that a case type keeps
    _filing_texts = ("description",)
    #: longest texts in characters
    _text_limits = {"description": 5000, "demand": 2000, "address": 300, "phone": 40}
    _text_limits |= {"contact_name": 80, "email": 200, "answer": 200}

    def _file_handlers(self):
        return self._whose_turn() or self._supervisors()

    @api.model
    def _filing_categories(self):
        """The categories a customer may choose; a family stands for what none of its own fits."""
        chosen = Domain("portal_visible", "=", True) & Domain(self._category_flag, "=", True)
        has_some = Domain("child_ids", "any", chosen) & Domain("portal_visible", "=", True)
        # sudo: water.category - the customer reads the names of what he may choose
        return self.env["water.category"].sudo().search(chosen | has_some)

    @api.model
    def _filing_accounts(self, partner):
        """The customer's own accounts."""
        # sudo: water.account - narrowed to the customer's own
        accounts = self.env["water.account"].sudo()
        return accounts.search([("partner_id", "=", partner.id)]) if partner else accounts

    @api.model
    def _checked_filing(self, values, files, partner):
        """Values for ``create`` from a filled-in form.

        :param partner: res.partner the door has made sure of; without one, the form itself says
            how to reach the customer, and no account is matched
        :raises FilingError: with one message for each field that is missing or wrong
        """
        errors = {}
        vals = self._read_category(values, errors)
        vals |= self._read_texts(values, errors)
        vals |= self._read_place(values, partner, errors)
        vals |= self._read_phone(values, partner, errors)
        vals |= self._read_contact(values, partner, errors)
        vals |= self._read_time(values, errors)
        self._shorten_urgent(vals, errors)
        faults = self._file_faults(files)
        if faults:
            errors["files"] = "\n".join(faults)
        self._add_missing(vals, errors)
        answers = self._read_answers(values, vals["category_id"], errors)
        if errors:
            raise FilingError(errors)
        vals |= self._read_zone(vals)
        told = vals["description"]
        lines = [f"{question} {answer}" for question, answer in answers]
        return {
            **vals,
            "description": "\n".join([told, *(["", *lines] if lines else ())]),
            "subject": first_line(told),
            "verbatim": told,
        }

    @api.model
    def _is_urgent(self, category_id):
        """Whether a matter cannot wait until a form is filled in."""
        # sudo: water.category - one of those that the customer may choose
        return self.env["water.category"].sudo().browse(category_id).severity == "emergency"

    def _shorten_urgent(self, vals, errors):
        """Of an emergency the place is enough, and how to reach whoever tells it: what it is says
        the matter, it happens now, and a position stands for an address."""
        if not self._is_urgent(vals["category_id"]):
            return
        category = self.env["water.category"].sudo().browse(vals["category_id"])
        if not vals["description"] and "description" not in errors:
            vals["description"] = category.public_name or category.name
        if "demand" in self._required_facts and not vals.get("demand") and "demand" not in errors:
            vals["demand"] = self.env._("Help at once")
        if "occurred_at" in self._required_facts and not vals.get("occurred_at"):
            errors.pop("occurred_at", None)
            vals["occurred_at"] = fields.Datetime.now()
        if vals.get("position") and not vals["address"]:
            errors.pop("address", None)
            vals["address"] = vals["position"]

    def _confirm_filing(self):
        """Hook: the customer has read everything back by himself and has sent it (S3.2.1d)."""

    def _too_long(self, limit):
        return self.env._("Please shorten this to %s characters.", limit)

    def _read_category(self, values, errors):
        number = parse_id(values.get("category_id"))
        category = self._filing_categories().filtered(lambda row: row.id == number)
        if number and not category:
            errors["category_id"] = self.env._("Choose one of the matters in the list.")
        return {"category_id": category.id}

    def _read_texts(self, values, errors):
        texts = {name: clean_text(values.get(name)) for name in self._filing_texts}
        for name, text in texts.items():
            if len(text) > self._text_limits[name]:
                errors[name] = self._too_long(self._text_limits[name])
        return texts

    def _read_place(self, values, partner, errors):
        """One of the customer's own accounts, by card or by number, or an address."""
        if not partner:
            return self._read_strange_place(values, errors)
        accounts = self._filing_accounts(partner)
        chosen, code = values.get("account_id"), clean_text(values.get("account_code"))
        by_card = chosen not in (None, "", "other")
        if by_card:
            account = accounts.filtered(lambda row: row.id == parse_id(chosen))
        else:
            account = accounts.filtered(lambda row: code and row.code == code)
        if (by_card or code) and not account:
            errors["account_id" if by_card else "account_code"] = self.env._(
                "No account with this number is registered under your name."
                " Leave the number empty and write the address instead."
            )
        address = "" if by_card else clean_text(values.get("address"))
        if accounts and not (chosen or code or address) and "address" in self._required_facts:
            errors["account_id"] = self._missing_texts()["address"]
        if len(address) > self._text_limits["address"]:
            errors["address"] = self._too_long(self._text_limits["address"])
        company = account.company_id or self.env.company
        return {
            "account_id": account.id,
            "address": address or account.address or False,
            "company_id": company.id,
        }

    def _read_strange_place(self, values, errors):
        """Where it is, as told by somebody unknown: an account number is not even looked up."""
        address = clean_text(values.get("address"))
        if len(address) > self._text_limits["address"]:
            errors["address"] = self._too_long(self._text_limits["address"])
        elif not address and "address" in self._required_facts:
            errors["address"] = self.env._("Write the address or the place.")
        position = parse_position(values.get("position"))
        if position is None:
            errors["position"] = self.env._("The location is not valid. Please enter the address.")
        return {
            "address": address or False,
            "position": position or False,
            "company_id": self.env.company.id,
        }

    @api.model
    def _read_zone(self, vals):
        """Without an account, the zone of the address, as at pick-up: what goes on there is told,
        and the station of the zone has the case.

        :param vals: what was read of the form
        """
        if vals.get("account_id"):
            return {}
        company = self.env["res.company"].browse(vals["company_id"])
        # sudo: water.zone - where the place is that he has named
        zone = self.env["water.zone"].sudo()._at(vals["address"], company)
        return {"zone_id": zone.id} if zone else {}

    def _read_contact(self, values, partner, errors):
        """Who somebody unknown says he is; nothing of it, when he wants to stay so."""
        if partner:
            return {}
        name, email = clean_text(values.get("contact_name")), clean_text(values.get("email"))
        if len(name) > self._text_limits["contact_name"]:
            errors["contact_name"] = self._too_long(self._text_limits["contact_name"])
        limit = self._text_limits["email"]
        if email and (len(email) > limit or not single_email_re.fullmatch(email)):
            errors["email"] = self.env._("Please check the mail address.")
        anonymous = self._anonymous_filing and values.get("is_anonymous") == "1"
        return {
            "contact_name": False if anonymous else name or False,
            "email_from": email or False,
            "is_anonymous": anonymous,
        }

    def _read_answers(self, values, category_id, errors):
        """``(question, answer)`` pairs of what was asked for this category; all may be left out."""
        answers = []
        # sudo: water.category - one of those that the customer may choose
        category = self.env["water.category"].sudo().browse(category_id)
        for question in category._public_questions() if category_id else ():
            answer = category._public_answer(question, clean_text(values.get(question["name"])))
            if len(answer) > self._text_limits["answer"]:
                errors[question["name"]] = self._too_long(self._text_limits["answer"])
            elif answer and question["choices"] and answer not in question["choices"]:
                errors[question["name"]] = self.env._("Choose one of the answers.")
            elif answer:
                answers.append((question["text"], answer))
        return answers

    def _read_phone(self, values, partner, errors):
        phone = clean_text(values.get("phone"))
        if len(phone) > self._text_limits["phone"]:
            errors["phone"] = self._too_long(self._text_limits["phone"])
        elif phone and not self._is_phone(phone, partner):
            errors["phone"] = self.env._(
                "Please check the number: a mobile number, or a landline with its area code."
            )
        return {"phone": phone or False}

    def _is_phone(self, phone, partner):
        """Whether somebody can be called there, in the customer's country or the company's."""
        # sudo: res.country - integrations read no address book
        home, partner = self.env.ref("base.cn").sudo(), partner.sudo()
        for country in partner.country_id | self.env.company.sudo().country_id | home:
            try:
                phone_validation.phone_format(phone, country.code, country.phone_code)
                return True
            except UserError:
                continue
        return False

    def _read_time(self, values, errors):
        text = clean_text(values.get("occurred_at"))
        if not text or "occurred_at" not in self._required_facts:
            return {}
        moment = parse_local(text, self.env.company._water_reader_tz())
        if not moment:
            errors["occurred_at"] = self.env._("Enter a date and a time, such as 2026-10-13 17:30.")
        elif moment > fields.Datetime.now() + CLOCK_SKEW:
            errors["occurred_at"] = self.env._("What has happened cannot lie in the future.")
        return {"occurred_at": moment}

    def _add_missing(self, vals, errors):
        texts = self._missing_texts()
        if vals.get("is_anonymous"):
            who = ()
        else:
            named = "contact_name" in vals and not self._is_urgent(vals["category_id"])
            who = ("contact_name", "phone") if named else ("phone",)
        for name in (*self._required_facts, *who):
            if name in texts and not vals.get(name) and name not in errors:
                errors[name] = texts[name]
        if errors.keys() & {"account_id", "account_code"}:
            errors.pop("address", None)

    def _missing_texts(self):
        return {
            "category_id": self.env._("Choose what it is about."),
            "description": self.env._("Tell us what the matter is."),
            "address": self.env._("Choose one of your accounts or write the address."),
            "occurred_at": self.env._("Tell us when it happened."),
            "demand": self.env._("Tell us what you ask for."),
            "phone": self.env._("Give a phone number under which we reach you."),
            "contact_name": self.env._("Tell us your name."),
        }
