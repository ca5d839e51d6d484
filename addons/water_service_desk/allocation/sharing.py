"""Fair sharing of cases: the arithmetic, without a database."""


def share_out(cases, loads, most=0):
    """Give each case to the able person with the fewest cases.

    Ties go to the person who got fewer by this call, then to the smaller key: the same cases and
    people give the same result. The maximum is respected.

    :param cases: ``[(case, able people)]``, the most urgent first
    :param loads: {person: number of open cases}, of the people present
    :param most: maximum number of cases of a person; 0: no limit
    :return: {case: person}; cases without an able person are left out
    """
    loads, given, shared = dict(loads), dict.fromkeys(loads, 0), {}
    for case, able in cases:
        there = [who for who in able if who in loads and not (most and loads[who] >= most)]
        if there:
            who = min(there, key=lambda person: (loads[person], given[person], person))
            loads[who] += 1
            given[who] += 1
            shared[case] = who
    return shared
