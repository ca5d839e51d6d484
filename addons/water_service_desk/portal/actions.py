from collections.abc import Mapping
from dataclasses import dataclass, field

from odoo.tools.translate import LazyGettext


@dataclass(frozen=True, eq=False)
class PortalAction:
    """An action of the customer on the page of a case: a row of `_customer_actions` of its type.

    Its key is the last part of the address that the button posts to. `_portal_can` says when the
    action is possible.

    :ivar method: method of the case, called with (values, files)
    :ivar done: text for the customer afterwards
    :ivar by_delegate: text for the account's holder, after the name of the delegate
    :ivar right: the field of `water.account.delegate` that a delegate needs
    :ivar asks: the request to the customer; empty if the company does not wait for it
    :ivar place: id of the place of the page for it
    :ivar api: the method of `water.api` that does it; with several of them "method.step"
    :ivar outcomes: {outcome: text instead of `done`}, see `_portal_outcome`
    """

    method: str
    done: LazyGettext
    by_delegate: LazyGettext
    right: str = "files_cases"
    asks: LazyGettext | None = None
    place: str = ""
    api: str = ""
    outcomes: Mapping = field(default_factory=dict)
