"""What one text is about: the words and phrases it may be told from others by.

Nothing here knows the archive, so nothing is known of what is rare; function words apart, all that
a text says is counted, and what it says most often comes first. In Vietnamese a word is mostly two
syllables, so there pairs of syllables are the terms, and on their own only words that can be no
Vietnamese syllable (UNESCO, Ireland); elsewhere words and pairs of words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from operator import itemgetter

MOST_TERMS = 64
"""Of a long text only its most frequent terms are kept."""

# What parts phrases, written out, for a pattern over all punctuation takes several times as long. A
# dash between spaces does so too, being a word without a letter.
_BREAKS = '()“”"'
_BREAKS_BEFORE_SPACE = ",.:;?!…"
_VIETNAMESE = re.compile("[ăâđêôơư\u1ea0-\u1ef9]+")
_SAMPLE = 600
_SYLLABLE = re.compile(
    r"(?:ngh?|[cgknpt]h|tr|qu|gi|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that stand in texts about anything; rarer ones the archive itself shows to be common.
_VIETNAMESE_STOP = _words(
    """ai bị bởi cả các cái chỉ cho có còn của cùng cũng do đã đang đây đến để đó được gì giữa hay
    hơn khi là lại lên mà mình một nay này nên nếu ngày như nhưng những nhiều ở phải qua ra rằng rất
    ra sau sẽ tại theo thì thêm tới trên trong trước từ từng và vào vẫn về vì việc với vừa"""
)
_ENGLISH_STOP = _words(
    """a an as at be by he i if in is it me my no of on or so the to up us we am i'm it's
    that's don't about above after again against all also although always among and another
    any are around because been before being below between both but came can cannot come could
    did does doing done down during each either else even ever every few first for from
    further get gets getting give given gives goes going got had has have having her here hers
    him his how however into its itself just keep know last later least less let like likely
    made make makes making many may maybe might more most much must need never new next not
    nothing now off often once one only onto other others our ours out over own part people
    per perhaps put quite rather really said same say says see seen several shall she should
    since some something still such take taken than that the their theirs them themselves then
    there these they thing things think this those though through thus today together too
    toward towards two under until upon use used uses using very via want was way ways well
    went were what when where whether which while who whole whom whose why will with within
    without would year years yet you your yours"""
)


def count_terms(text: str) -> tuple[str, ...]:
    """The terms of a text in lower case, in groups by how often it says them.

    The group at position k has what is said from 2^k to 2^(k+1)-1 times, one term a line.
    """
    text = f"{text.lower()} "
    vietnamese = is_vietnamese(text)
    stop = _VIETNAMESE_STOP if vietnamese else _ENGLISH_STOP
    words = _parted(text).split()
    counts = _count_pairs(words, stop)
    alone = Counter(filter(str.isascii, words) if vietnamese else words)
    for word, count in alone.items():
        if len(word) > 2 and word not in stop and not (vietnamese and _SYLLABLE.fullmatch(word)):
            counts[(word,)] = count
    return _grouped(counts)


def _parted(text: str) -> str:
    """`text` with a point that stands alone wherever a phrase ends."""
    # Brackets and lines first, for a full stop may stand before them. Replacing by what is as long
    # is fast, so a line end stands for each point until all are found.
    for mark in _BREAKS:
        text = text.replace(mark, "\n")
    text = text.replace("\n", " . ")
    for mark in _BREAKS_BEFORE_SPACE:
        if mark in text:  # a single character is found several times faster than two
            text = text.replace(f"{mark} ", " \n")
    return text.replace("\n", ". ")


def _count_pairs(words: Iterable[str], stop: frozenset[str]) -> dict[tuple[str, ...], int]:
    """How often any two words follow each other of which neither parts phrases."""
    counts: dict[tuple[str, ...], int] = {}
    parting = stop | {"."}
    before = ""
    for word in words:
        if word in parting:
            before = ""
            continue
        if before:
            pair = before, word
            counts[pair] = counts.get(pair, 0) + 1
        before = word
    return counts


def _grouped(counts: dict[tuple[str, ...], int]) -> tuple[str, ...]:
    # Most terms are said once, and need no sorting; most are not kept, and need no spelling.
    often = [item for item in counts.items() if item[1] > 1]
    often.sort(key=itemgetter(1), reverse=True)
    once = (item for item in counts.items() if item[1] == 1)
    kept = list(islice(_spelt(chain(often, once)), MOST_TERMS + 1))
    if len(kept) <= MOST_TERMS:
        kept = list(_spelt(counts.items()))
    groups: dict[int, list[str]] = {}
    for term, count in kept[:MOST_TERMS]:
        groups.setdefault(count.bit_length(), []).append(term)
    return tuple("\n".join(groups.get(k, ())) for k in range(1, max(groups, default=0) + 1))


def _spelt(counts: Iterable[tuple[tuple[str, ...], int]]) -> Iterator[tuple[str, int]]:
    """Those of `counts` whose words all begin with a letter, as they are written."""
    for words, count in counts:
        if words[0][0].isalpha() and words[-1][0].isalpha():
            yield " ".join(words), count


def is_function_word(word: str) -> bool:
    """Whether a lower-case word says nothing by itself, in either language."""
    return word in _VIETNAMESE_STOP or word in _ENGLISH_STOP


def is_vietnamese(text: str) -> bool:
    """Whether a lower-case text is in Vietnamese: about every other syllable shows it."""
    sample = text[:_SAMPLE]
    return len("".join(_VIETNAMESE.findall(sample))) * 20 > len(sample)
