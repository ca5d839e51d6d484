"""Splits typed text into the terms of the articles' search index.

Chinese has no spaces: it is indexed by pairs of neighbouring characters, so that any part of a
sentence finds the sentence, without a dictionary. Other text is split into words, which PostgreSQL
reduces to their English stems. The database fills the index itself (``INDEX_FUNCTION``), so that
texts are found at once however they are written, also by a load of translations.
"""

import re
import unicodedata

#: Han characters, as a character class of Python and of PostgreSQL.
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_PIECES = re.compile(rf"[{HAN}]+|(?:(?![{HAN}_])\w)+")
#: Words of conversation without content, which would find every article.
_FILLERS = re.compile(
    "请问|你好|您好|客户|用户|咨询|询问|想问|想知道|我们|你们|我家|家里|这个|那个|怎么样|怎么|怎样"
    "|如何|什么|为什么|可以|可不可以|能不能|是不是|有没有|需要|要求|一下|已经|一直|还是"
)
#: Longest text that is looked at, and most terms of one search.
LONGEST = 500
MOST_TERMS = 60

#: Marks within a word do not part it, all other tags do.
_INLINE = "</?(a|b|em|font|i|mark|small|span|strong|sub|sup|u)( [^>]*)?>"
#: Creates the database's part: text in all languages → weighted terms. Functions called in it are
#: PostgreSQL's own, or named with their schema: backups are restored without a search path.
INDEX_FUNCTION = rf"""
CREATE OR REPLACE FUNCTION water_search_vector(translations jsonb, weight "char")
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('pg_catalog.english'::regconfig, concat_ws(' ',
        regexp_replace(words, '([{HAN}]{{2}})', '\1 ', 'g'),
        regexp_replace(
            regexp_replace(
                regexp_replace(words, '[^{HAN}]+', ' ', 'g'), '[{HAN}]([{HAN}]*)', '\1 ', 'g'
            ), '([{HAN}]{{2}})', '\1 ', 'g')
    )), weight)
    FROM (
        SELECT regexp_replace(normalize(
            regexp_replace(regexp_replace(
                coalesce(string_agg(value, ' '), ''), '{_INLINE}', '', 'g'
            ), '<[^>]*>', ' ', 'g'),
            NFKC), '([{HAN}]+)', ' \1 ', 'g') AS words
        FROM jsonb_each_text(translations)
    ) AS texts
$$
"""


def search_terms(text):
    """Return the terms of ``text`` in order, each once, as operands of ``to_tsquery``.

    :param text: as typed, in Chinese, English or both
    :return: list of strings without query operators; empty without a searchable term
    """
    plain = unicodedata.normalize("NFKC", text or "")[:LONGEST]
    pieces = _PIECES.findall(_FILLERS.sub(" ", plain))
    long = [piece for piece in pieces if len(piece) > 1 or piece.isdigit()]
    terms = [term for piece in long or pieces for term in _terms_of(piece)]
    return list(dict.fromkeys(terms))[:MOST_TERMS]


def _terms_of(piece):
    if len(piece) == 1 or not re.match(rf"[{HAN}]", piece):
        return [f"{piece.lower()}:*"]
    return [piece[at : at + 2] for at in range(len(piece) - 1)]
