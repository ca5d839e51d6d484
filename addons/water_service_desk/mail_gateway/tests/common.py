"""Mails as they come in at the e-mail door."""

import email.policy
import itertools
from email.message import EmailMessage

from ...base.tests.common import WaterCommon

DOMAIN = "water.example"
NUMBERS = itertools.count(1)
SENDER = "王芳 <wang@customer.example>"


class MailDoorCommon(WaterCommon):
    """A company whose service centre has an address, and people who write to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create(
            {"name": DOMAIN, "bounce_alias": "bounce", "catchall_alias": "catchall"}
        )
        cls.company.alias_domain_id = cls.domain
        cls.desk = cls.env.ref("water_service_desk.department_csc")
        cls.desk.write({"alias_name": "service", "alias_domain_id": cls.domain.id})
        cls.mails = cls.env["water.inbound.mail"]

    def _mail(self, body="我家水表停转了。", sender=SENDER, to=f"service@{DOMAIN}", **headers):
        """A plain mail; ``files``: {name: bytes}, ``html``: its second form."""
        files, html = headers.pop("files", {}), headers.pop("html", None)
        mail = EmailMessage(policy=email.policy.SMTP)
        mail["From"], mail["To"] = sender, to
        mail["Subject"] = headers.pop("Subject", "水表停转")
        mail["Message-Id"] = headers.pop("id", f"<{next(NUMBERS)}.t@customer.example>")
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(body)
        if html:
            mail.add_alternative(html, subtype="html")
        for name, data in files.items():
            mail.add_attachment(data, maintype="application", subtype="pdf", filename=name)
        return mail

    def _take(self, *args, **kwargs):
        """Bring a mail in as the scheduler does; its row."""
        given = args and isinstance(args[0], EmailMessage)
        mail = args[0] if given else self._mail(*args, **kwargs)
        self.env["mail.thread"].message_process(None, mail.as_bytes())
        self.env.flush_all()
        return self.mails.search([("message_id", "=", mail["Message-Id"])])

    def _acknowledgement(self, case):
        message = self.env["water.message"].search([("inquiry_id", "=", case.id)], order="id")[:1]
        message.mail_mail_id.write({"state": "sent"})
        message._on_mail_result(None)
        return message
