"""Who gets which case: the arithmetic of fairness, without a database."""


def share_out(cases, loads, most=0):
    """Give each case to whoever has least to do among those who can.

    Of two with as much to do, whoever got fewer by this sharing, then the smaller key: the same
    cases and people give the same result. Nobody gets more than he may have.

    :param cases: ``[(case, people who can)]``, the most urgent first
    :param loads: {person: cases that he has already}, of those who are there
    :param most: how many cases a person has at most; 0: any number
    :return: {case: person}; a case for which nobody is there is left out
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
