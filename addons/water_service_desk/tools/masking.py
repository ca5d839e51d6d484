"""Hides personal data in what is shown to people who do not need it (S2.2.4)."""

import re


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


def mask_address(address):
    """Keep the street, hide house, unit and flat numbers: ``东城路***``.

    :param address: an address or a false value
    """
    address = (address or "").strip()
    match = re.search(r"\d", address)
    if not match:
        return f"{address[:6]}***" if len(address) > 6 else address
    return f"{address[: match.start()]}***"
