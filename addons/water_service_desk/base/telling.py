"""How members of staff are told about records."""

from markupsafe import Markup


def tell_staff(records, people, subject, line=None, is_list=False):
    """Notify members of staff about ``records``, each in their language.

    Subject and lines must not contain personal data (S2.2.4): the message goes by mail as well.

    :param records: one record, whose thread keeps the message, or a list of them
    :param people: res.users; inactive ones, customers and the sender are left out
    :param subject: function of the records that returns the subject
    :param line: function of one record that returns its line, by default ``_staff_line()``
    :param is_list: whether the records are listed, also a single one, without using its thread
    """
    # sudo: records - the sender need not read all of them
    told = records.sudo()

    def compose(env):
        rows = told.with_env(env).sudo()
        lines = [line(row) if line else row._staff_line() for row in rows]
        if not is_list:
            return subject(rows), Markup("<p>%s</p>") % lines[0]
        items = Markup("").join(Markup("<li>%s</li>") % text for text in lines)
        return subject(rows), Markup("<ul>%s</ul>") % items

    thread = None if is_list else told
    records.env["water.staff.message"]._tell(people, compose, record=thread)
