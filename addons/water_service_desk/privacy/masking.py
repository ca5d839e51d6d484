"""Masks personal data for people who do not need them (S2.2.4)."""

import re

from stdnum.iso7064 import mod_11_2


def mask_phone(number):
    """Keep the first three and last four digits of a phone number.

    :param number: text as entered, or a false value
    :return: text such as ``138****1234``; everything is hidden in short numbers
    """
    digits = re.sub(r"\D", "", number or "")
    if len(digits) > 11 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) < 8:
        return "*" * len(digits)
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}"


def mask_identity(number):
    """Keep the first three and the last two characters of an identity number.

    :param number: of an identity card, passport or company, or a false value
    """
    number = (number or "").replace(" ", "").upper()
    if len(number) < 8:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def is_wrong_identity(number):
    """Tell whether a Chinese identity card number is mistyped, by its check digit (GB 11643).

    :param number: text without spaces; numbers of other papers are never wrong
    """
    if not re.fullmatch(r"\d{17}[\dX]", number or ""):
        return False
    return not mod_11_2.is_valid(number)


def mask_name(name):
    """Keep the first character of a person's name: ``张*``, ``欧**``.

    :param name: a full name or a false value
    """
    name = (name or "").strip()
    return name[:1] + "*" * min(len(name) - 1, 3) if name else ""


def mask_email(address):
    """Keep the first character and the domain: ``z***@example.com``.

    :param address: an e-mail address, possibly malformed, or a false value
    """
    local, at, domain = (address or "").strip().rpartition("@")
    if not at:
        return "***" if domain else ""
    return f"{local[:1]}***@{domain}"


def mask_account(label):
    """Keep the account number and the street: ``10002345 东城路***``.

    :param label: display name of an account, or a false value
    """
    code, __, place = (label or "").partition(" ")
    return f"{code} {mask_address(place)}".strip()


def mask_reach(address):
    """Hide an address of a message, whichever kind it is: mail or number.

    :param address: a mail address, a telephone number or an identity, or a false value
    """
    return mask_email(address) if "@" in (address or "") else mask_phone(address)


def mask_all(text):
    """Hide everything, and even how much it is.

    :param text: anything that may be empty
    """
    return "***" if text else ""


def mask_address(address):
    """Keep the street, hide house, unit and flat numbers: ``东城路***``.

    :param address: an address or a false value
    """
    address = (address or "").strip()
    match = re.search(r"\d", address)
    if not match:
        return f"{address[:6]}***" if len(address) > 6 else address
    return f"{address[: match.start()]}***"


#: Masks that ``water_mask`` of a field can name.
MASKS = {
    "account": mask_account,
    "address": mask_address,
    "all": mask_all,
    "email": mask_email,
    "name": mask_name,
    "phone": mask_phone,
    "reach": mask_reach,
}
