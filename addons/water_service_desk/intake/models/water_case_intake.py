import hashlib
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import consteq
from odoo.tools.mail import single_email_re
from odoo.tools.misc import hash_sign

from odoo.addons.phone_validation.tools import phone_validation

from ...base.marks import marked
from ...base.moments import CLOCK_SKEW
from ...base.trust import trusted
from ..filing import (
    HANDED_IN,
    REACHED,
    FilingError,
    clean_text,
    first_line,
    parse_id,
    parse_local,
    parse_position,
)


def _answers(lines, texts):
    return any(
        line.startswith(text) and line[len(text) :].strip(" :：")
        for line in lines
        for text in texts
    )


def _answer_in(lines, text):
    told = (line[len(text) :].strip(" :：") for line in lines if text and line.startswith(text))
    return next(filter(None, told), "")


def _spoken(question):
    return " / ".join([question["text"], *question["choices"]])


#: Without the letters and digits that people mix up when they read or hear them.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 10
#: A code without a case, so that a wrong number costs as much as a wrong code.
NOBODY = f"{'00' * 16}${'00' * 32}"
#: A link in a mail or message opens its case for so long, in hours: as long as cases take.
LINK_HOURS = 24 * 45
SCOPE = "water_service_desk.track"


def _hash(code, salt):
    return hashlib.scrypt(code.encode(), salt=salt, n=2**12, r=8, p=1, dklen=32).hex()


class WaterCaseMixin(models.AbstractModel):
    """Reads a customer's form and returns errors field by field."""

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.upload.mixin", "water.scanned.mixin"]

    #: flag on the categories a customer may choose for this case type
    _category_flag = None
    #: whether cases of this type may be filed anonymously (S2.2.4)
    _anonymous_filing = False
    #: most characters of texts that forms read in a way of their own
    _form_limits = {"address": 300, "phone": 40, "contact_name": 80, "email": 200, "answer": 200}

    open_questions = fields.Text(string="Still to Ask", compute="_compute_open_questions")

    query_code_hash = fields.Char(
        readonly=True, copy=False, groups=fields.NO_ACCESS, water_erased="empty"
    )
    query_code_at = fields.Datetime(string="Query Code Issued", readonly=True, copy=False)

    def _file_handlers(self):
        return self._whose_turn() or self._supervisors()

    @api.model
    def _filing_categories(self):
        """Return the categories for customers; a family stands for its other cases."""
        chosen = Domain("portal_visible", "=", True) & Domain(self._category_flag, "=", True)
        has_some = Domain("child_ids", "any", chosen) & Domain("portal_visible", "=", True)
        # sudo: water.category - names of selectable categories
        return self.env["water.category"].sudo().search(chosen | has_some)

    @api.model
    def _filing_accounts(self, partner):
        # sudo: water.account - narrowed to the customer's own
        accounts = self.env["water.account"].sudo()
        own = accounts.search([("partner_id", "=", partner.id)]) if partner else accounts
        delegates = self.env["water.account.delegate"]._in_force(partner)
        return own | delegates.filtered("files_cases").account_id

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
        """Return whether a case cannot wait until a form is filled in."""
        # sudo: water.category - one of those that the customer may choose
        return self.env["water.category"].sudo().browse(category_id).severity == "emergency"

    def _shorten_urgent(self, vals, errors):
        """Require only place and telephone for an emergency: the category is the subject, it
        happens now, and a position replaces the address.
        """
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
        """Hook: record the customer's own read-back and confirmation (S3.2.1d)."""

    @property
    def _text_limits(self):
        return self._form_limits | marked(self, "water_filed")

    @api.model
    def _customer_labels(self):
        """Return {field: (question of the forms, label on the pages)} for other labels than the
        field's.
        """
        return {}

    @api.model
    def _customer_label(self, name):
        label = self._fields[name]._description_string(self.env)
        return self._customer_labels().get(name, (label, label))

    @api.model
    def _asked_texts(self):
        """Return ``[(field, question, most characters)]`` of the forms, besides the category."""
        filed = marked(self, "water_filed").items()
        return [(n, self._customer_label(n)[0], most) for n, most in filed if n != "description"]

    @api.model
    def _texts_of_form(self, form):
        asked = (name for name, _question, _most in self._asked_texts())
        return [(self._customer_label(name)[1], form.get(name)) for name in asked]

    def _too_long(self, limit):
        return self.env._("Please shorten this to %s characters.", limit)

    def _read_category(self, values, errors):
        number = parse_id(values.get("category_id"))
        categories = self._filing_categories()
        category = categories.browse(number) & categories
        if number and not category:
            errors["category_id"] = self.env._("Choose one of the matters in the list.")
        return {"category_id": category.id}

    def _read_texts(self, values, errors):
        limits = marked(self, "water_filed")
        texts = {name: clean_text(values.get(name)) for name in limits}
        for name, text in texts.items():
            if len(text) > limits[name]:
                errors[name] = self._too_long(limits[name])
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
        """Read the place of an anonymous form; account numbers are not looked up."""
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
        if vals.get("account_id"):
            return {}
        company = self.env["res.company"].browse(vals["company_id"])
        # sudo: water.zone - of the named place
        zone = self.env["water.zone"].sudo()._at(vals["address"], company)
        return {"zone_id": zone.id} if zone else {}

    def _read_contact(self, values, partner, errors):
        """Read the contact fields of an anonymous form; empty if the sender stays anonymous."""
        if partner:
            return {}
        name, email = clean_text(values.get("contact_name")), clean_text(values.get("email"))
        if len(name) > self._text_limits["contact_name"]:
            errors["contact_name"] = self._too_long(self._text_limits["contact_name"])
        limit = self._text_limits["email"]
        if email and (len(email) > limit or not single_email_re.fullmatch(email)):
            errors["email"] = self.env._("Please check the email address.")
        anonymous = self._anonymous_filing and values.get("is_anonymous") == "1"
        return {
            "contact_name": False if anonymous else name or False,
            "email_from": email or False,
            "is_anonymous": anonymous,
        }

    def _read_answers(self, values, category_id, errors):
        """Return ``(question, answer)`` pairs for the category's questions; all are optional."""
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
        """Return whether it is a telephone number in the customer's or the company's country."""
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
        texts = {
            "category_id": self.env._("Choose what it is about."),
            "description": self.env._("Tell us what the matter is."),
            "address": self.env._("Choose one of your accounts or write the address."),
            "occurred_at": self.env._("Tell us when it happened."),
            "demand": self.env._("Tell us what you ask for."),
            "phone": self.env._("Give a phone number under which we reach you."),
            "contact_name": self.env._("Tell us your name."),
        }
        how = self.env.context.get("water_handed_in")
        if how in (HANDED_IN, REACHED):
            texts.pop("contact_name")
        if how is REACHED:
            texts.pop("phone")
        return texts

    # -- questions -----------------------------------------------------------------------------
    # Questions of a category that a door could not ask, since the customer wrote first.
    #
    # An answer stands in the summary, behind the words of its question, as forms write it.

    def _leaves_questions_open(self):
        """Hook: return whether the case's door asks no questions."""
        return False

    @api.depends("category_id", "description", "state")
    @api.depends_context("lang", "uid")
    def _compute_open_questions(self):
        for case in self:
            is_asked = case.state not in case._final_states and case._leaves_questions_open()
            asked = case._unanswered() if is_asked else ()
            case.open_questions = "\n".join(_spoken(question) for question in asked) or False

    def _unanswered(self):
        """Return the category's questions without an answer in the summary, in any language.

        :return: as ``water.category._public_questions``
        """
        # sudo: water.category - its questions are no secret
        category = self.sudo().category_id
        asked = category._public_questions() if category else []
        told = [line.strip().lstrip("· ") for line in (self.description or "").splitlines()]
        spoken = [
            [question["text"] for question in category.with_context(lang=code)._public_questions()]
            for code, _name in (self.env["res.lang"].get_installed() if asked else ())
        ]
        return [
            question
            for number, question in enumerate(asked)
            if not any(_answers(told, texts[number : number + 1]) for texts in spoken)
        ]

    def _answers_given(self):
        """Return ``[(question, answer)]`` for the category's questions, from the summary.

        Both in the language of the environment, not in that of the form.
        """
        return [(question["text"], answer) for question, answer, _urgent in self._answered()]

    def _answered(self):
        """``[(question, answer, is_urgent)]`` of the answered questions of the category."""
        # sudo: water.category - its questions are no secret
        category = self.sudo().category_id
        asked = category._public_questions() if category else []
        told = [line.strip().lstrip("· ") for line in (self.description or "").splitlines()]
        urgent, found = category._urgent_answers(), {}
        for code, _name in self.env["res.lang"].get_installed() if asked else ():
            spoken = category.with_context(lang=code)
            for number, question in enumerate(spoken._public_questions()[: len(asked)]):
                answer = _answer_in(told, question["text"])
                if answer and number not in found:
                    own = asked[number]["choices"]
                    place = (question["choices"] + [answer]).index(answer)
                    words = own[place] if place < len(own) else answer
                    found[number] = (asked[number], words, words in urgent)
        return [found[number] for number in sorted(found)]

    def _should_call_now(self):
        """Return whether the customer is asked to call as well: emergencies, and water for life."""
        case = self.sudo()
        if case.severity == "emergency" or any(urgent for *_words, urgent in case._answered()):
            return True
        words = self.env["water.emergency.word"].sudo()
        texts = "\n".join(text for text in case._given_texts() if text)
        first = any(case.account_id.flag_ids.mapped("served_first"))
        return first or words._tells_of_harm(texts, case.company_id.id)

    def action_take_questions(self):
        """Add the open questions to the summary, to be answered there.

        :raises AccessError: for anyone but the desk
        """
        for case in self:
            case.check_access("write")
            if not case._is_desk():
                raise AccessError(self.env._("Only service agents write the summary."))
            lines = (case.description or "").splitlines()
            fresh = [question["text"] for question in case._unanswered()]
            fresh = [text for text in fresh if text not in map(str.strip, lines)]
            if fresh:
                case.description = "\n".join([*lines, "", *(f"{text} " for text in fresh)])
        return True

    # -- query code ----------------------------------------------------------------------------
    # A case that its customer follows with number and secret code, without an account.
    #
    # For anonymous cases and those filed without signing in (S2.2.4, S3.2.1a). The code is shown
    # once; its salted hash is stored.

    def _on_another_customer(self, before, vals):
        for case in self.sudo().filtered("query_code_hash"):
            former, now = before[case.id]["partner_id"].sudo(), case.partner_id
            is_same = former.phone_sanitized and former.phone_sanitized == now.phone_sanitized
            if former and now and former != now and not is_same:
                trusted(case).write({"query_code_hash": False, "query_code_at": False})

    def _issue_query_code(self):
        """Give the case a new code; an older one is void from then on.

        :return: the code as it is shown to the customer, this once: ``ABCDE-FGHJK``
        """
        self.ensure_one()
        code = "".join(secrets.choice(LETTERS) for _i in range(LENGTH))
        salt = secrets.token_bytes(16)
        # sudo: case - the hash is read and written by this mixin alone
        trusted(self.sudo()).write(
            {
                "query_code_hash": f"{salt.hex()}${_hash(code, salt)}",
                "query_code_at": fields.Datetime.now(),
            }
        )
        self._log_events("query_code_issued")
        return f"{code[:5]}-{code[5:]}"

    @api.model
    def _find_by_query_code(self, number, code):
        case = self._by_number(clean_text(number, 40).upper())
        return case if case._fits_query_code(code) else self.sudo().browse()

    @api.model
    def _by_number(self, number):
        # sudo: case - the caller still has to know the code
        return self.sudo().search_fetch([("name", "=", number)], ["query_code_hash"], limit=1)

    def _fits_query_code(self, code):
        """Return whether ``code`` is the case's; False without one, in the same time."""
        salt, kept = (self.query_code_hash or NOBODY).split("$")
        typed = re.sub(r"[^A-Z0-9]", "", clean_text(code, 40).upper())
        fits = consteq(_hash(typed, bytes.fromhex(salt)), kept)
        return fits and bool(self.query_code_hash)

    def _code_mark(self):
        """Return a mark of the present code, "" without one: pages opened in a browser close
        with the code that opened them.
        """
        # sudo: case - a digest of the hash, never the hash
        kept = self.sudo().query_code_hash or ""
        return hashlib.sha256(kept.encode()).hexdigest()[:16] if kept else ""

    # -- links in mails and messages ----------------------------------------------------------

    def _has_login(self):
        # sudo: res.users - only to choose the link
        return any(user.active for user in self.sudo().partner_id.user_ids)

    def _customer_link(self):
        """Return a link that opens this case alone for a time, for customers without a login.

        Only for the customer: drafts and previews of staff contain the general address instead.
        """
        if self._has_login():
            return super()._customer_link()
        if not self.env.su:
            return self._customer_door()
        return f"{self.get_base_url()}/water/track/link/{self._track_token()}"

    def _track_token(self):
        """Return a signed token that opens this case alone, until it expires or the address
        changes.
        """
        self.ensure_one()
        return hash_sign(
            self.env(su=True), SCOPE, self._track_claims(), expiration_hours=LINK_HOURS
        )

    def _track_claims(self):
        """Return the content of the token: the case, and a mark of the address."""
        # sudo: case - a digest of the address, never the address
        case = self.sudo()
        reach = f"{case.name}:{case.email_normalized or ''}:{case.phone_normalized or ''}"
        if case.erased_at:  # links sent otherwise, such as by WeChat, become invalid
            reach += f":{case.erased_at}"
        return [self._name, self.id, hashlib.sha256(reach.encode()).hexdigest()[:16]]

    @api.model
    def _of_track_claims(self, claims):
        """Return the case of a verified link, with superuser rights; empty if its address
        changed.
        """
        case = self.sudo().browse(claims[1]).exists()
        return case if case and case._track_claims() == claims else self.sudo().browse()
