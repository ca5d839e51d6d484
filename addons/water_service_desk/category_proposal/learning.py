"""Learning which words belong to which category, by scikit-learn where it is installed."""

from array import array
from importlib.util import find_spec

from .learned import Learned, cut

#: Words that are kept, and in how many texts one must stand: what one person wrote is not kept.
MOST_WORDS = 12000
LEAST_TEXTS = 3
#: A category's own words count as so many cases, so that one without cases is proposed as well.
OWN_WORDS = LEAST_TEXTS
#: Fewest cases from which anything is learned.
LEAST_CASES = 100


def can_learn():
    """Whether scikit-learn is installed."""
    return find_spec("sklearn") is not None


def learn(cases, own):
    """Learn from cases and from the categories' own words.

    :param cases: list of (text, code of the category)
    :param own: ``{code: its own words}``
    :return: a :class:`Learned`
    """
    # imported here: it takes seconds and memory that only the nightly work needs
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.naive_bayes import ComplementNB  # noqa: PLC0415

    rows = cases + [(text, code) for code, text in own.items() for _time in range(OWN_WORDS)]
    vectors = TfidfVectorizer(analyzer=cut, min_df=LEAST_TEXTS, max_features=MOST_WORDS)
    table = vectors.fit_transform([text for text, _code in rows])
    model = ComplementNB().fit(table, [code for _text, code in rows])
    weights = (model.feature_log_prob_ * vectors.idf_).T  # a word in each row
    words = [str(word) for word in vectors.get_feature_names_out()]
    return Learned(
        [str(code) for code in model.classes_],
        {word: at for at, word in enumerate(words)},
        array("f", weights.ravel()),
    )


def parts(cases):
    """Part cases into those to learn from and those to try it on: the newest month.

    :param cases: list of (date, text, code), oldest first
    :return: two lists; the second has between a tenth and a third of the cases
    """
    last = cases[-1][0]
    newest = sum((last - when).days < 30 for when, _text, _code in cases)
    tried = min(max(newest, len(cases) // 10), len(cases) // 3)
    return cases[:-tried], cases[-tried:]


def share(rows, best):
    """Return of how many per cent of ``rows`` the code is among those that ``best(text)`` names."""
    hits = sum(code in best(text) for _when, text, code in rows)
    return 100.0 * hits / len(rows)
