"""The terms of the British schemes, copied by hand from the sources, not from our data.

Each line: code, customers, first, further, hours of a further period, limit, days to pay, penalty
for late payment, evidence. ``-`` means none or not found. Lines without ``V`` were inferred or not
confirmed, and are shipped inactive.
"""

ENGLAND_2025 = """
    appt_made         household  40   -    -   -     10  40  V
    appt_made         business   40   -    -   -     10  40  I
    appt_kept         household  50   -    -   -     10  40  V
    appt_kept         business   50   -    -   -     10  40  I
    acct_query        household  40   -    -   10wd  10  40  V
    acct_query        business   40   -    -   10wd  10  40  V
    pay_arr           household  40   -    -   -     10  40  V
    pay_arr           business   40   -    -   -     10  40  I
    complaint         household  40   -    -   10wd  10  40  V
    complaint         business   40   -    -   10wd  10  40  I
    low_press         household  50   -    -   -     -   40  V
    low_press         business   50   -    -   -     -   40  I
    plan_notice       household  50   -    -   -     20  40  V
    plan_notice       business   100  -    -   -     20  -   I
    supply_emerg      household  50   50   12  12    20  40  V
    supply_emerg      business   100  100  12  12    20  -   V
    supply_strategic  household  50   50   12  48    20  40  V
    supply_strategic  business   100  100  12  48    20  -   V
    supply_planned    household  50   50   12  -     20  40  V
    supply_planned    business   100  100  12  -     20  -   V
    flood_int         household  -    -    -   -     20  40  V
    flood_int         business   -    -    -   -     20  40  I
    flood_ext         household  -    -    -   -     20  40  K
    flood_ext         business   -    -    -   -     20  40  I
    wq_dnd            household  40   20   24  48    -   -   I
    wq_dnd            business   80   40   24  48    -   -   I
    wq_boil           household  40   20   24  48    -   -   NF
    wq_boil           business   80   40   24  48    -   -   NF
    wq_dnu            household  40   20   24  48    -   -   NF
    wq_dnu            business   80   40   24  48    -   -   NF
    meter_read        household  -    -    -   -     -   -   NF
    meter_inst        household  -    -    -   -     -   -   NF
    debt              household  -    -    -   -     -   -   NF
    psr               household  -    -    -   -     -   -   NF
"""
BRITAIN_2008 = """
    appt_made         household  20   -    -   -     10  10  V
    appt_made         business   20   -    -   -     10  10  V
    appt_kept         household  20   -    -   -     10  10  V
    appt_kept         business   20   -    -   -     10  10  V
    acct_query        household  20   -    -   10wd  10  10  V
    acct_query        business   20   -    -   10wd  10  10  V
    pay_arr           household  20   -    -   -     10  -   V
    pay_arr           business   20   -    -   -     10  -   V
    complaint         household  20   -    -   10wd  10  10  V
    complaint         business   20   -    -   10wd  10  10  V
    low_press         household  25   -    -   -     -   -   V
    low_press         business   25   -    -   -     -   -   V
    plan_notice       household  20   -    -   -     20  20  V
    plan_notice       business   50   -    -   -     20  50  V
    supply_emerg      household  20   10   24  12    20  20  V
    supply_emerg      business   50   25   24  12    20  50  V
    supply_strategic  household  20   10   24  48    20  20  V
    supply_strategic  business   50   25   24  48    20  50  V
    supply_planned    household  20   10   24  -     20  20  V
    supply_planned    business   50   25   24  -     20  50  V
    flood_int         household  -    -    -   -     20  -   V
    flood_int         business   -    -    -   -     20  -   V
    flood_ext         household  -    -    -   -     20  -   K
    flood_ext         business   -    -    -   -     20  -   K
"""
#: scheme → (its table, first day of its oldest rules)
SCHEMES = {
    "gss_en_2025": (ENGLAND_2025, "2025-07-02"),
    "gss_ew_2008": (BRITAIN_2008, "2008-04-01"),
}
#: what the law added on 1 October 2025
OCTOBER = ("wq_dnd", "wq_boil", "wq_dnu", "meter_read", "meter_inst", "debt", "psr")
#: code → (share in percent, at least, at most, times a year, at most a year) and whether the
#: water bill is the cap
CAPS = {
    ("gss_en_2025", "low_press"): (0, 0, 0, 5, 250, False),
    ("gss_ew_2008", "low_press"): (0, 0, 0, 1, 25, False),
    ("gss_en_2025", "flood_int"): (100, 300, 2000, 0, 0, False),
    ("gss_en_2025", "flood_ext"): (50, 150, 1000, 0, 0, False),
    ("gss_ew_2008", "flood_int"): (100, 150, 1000, 0, 0, False),
    ("gss_ew_2008", "flood_ext"): (50, 75, 500, 0, 0, False),
    **{("gss_en_2025", code): (0, 0, 0, 0, 0, True) for code in ("wq_dnd", "wq_boil", "wq_dnu")},
}


def rows(scheme):
    """The lines of a scheme: (code, customers, [first … penalty], evidence)."""
    for line in SCHEMES[scheme][0].split("\n"):
        if line.strip():
            code, customers, *figures, tag = line.split()
            yield code, customers, figures, tag
