"""An appointment as a file that any telephone takes into its calendar (RFC 5545)."""

import vobject
from dateutil.tz import UTC  # the zone that vobject knows the name of


def calendar_file(uid, slot, title, name="", place="", text="", stamp=None, cancelled=False):
    """Return the bytes of an iCalendar file with one appointment.

    :param uid: identifies the appointment; a file with the same one replaces it
    :param slot: ``(begin, end)``, naive UTC
    :param title: of the entry
    :param name: name of the calendar, for phones that make a new one of the file
    :param place: address, or ""
    :param text: further notes
    :param stamp: naive UTC time of the last change
    :param cancelled: whether the calendar should remove the entry
    """
    calendar = vobject.iCalendar()
    calendar.add("method").value = "CANCEL" if cancelled else "PUBLISH"
    if name:
        calendar.add("x-wr-calname").value = name
    event = calendar.add("vevent")
    event.add("uid").value = uid
    event.add("dtstamp").value = (stamp or slot[0]).replace(tzinfo=UTC)
    event.add("dtstart").value = slot[0].replace(tzinfo=UTC)
    event.add("dtend").value = slot[1].replace(tzinfo=UTC)
    event.add("summary").value = title
    if place:
        event.add("location").value = place
    if text:
        event.add("description").value = text
    event.add("status").value = "CANCELLED" if cancelled else "CONFIRMED"
    return calendar.serialize().encode()
