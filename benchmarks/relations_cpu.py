"""What related meetings cost a processor, apart from the rest of a build."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from statistics import median

from benchmarks.synthetic.records import Article, Corpus, Part
from generator.features import STRENGTH
from generator.model import Part as OfficialPart
from generator.related import find_relations
from generator.relation import Feature, Features
from generator.terms import count_terms
from generator.ties import RelatedConfig, Tie


def features_of(article: Article) -> Features:
    """What an article of a corpus can share, as the catalogue would find it in its file."""
    shared: dict[Feature, float] = {
        (Tie.OFFICIAL, who.official): max(map(_strength, who.parts)) for who in article.officials
    }
    for tie, names in (
        (Tie.DOCUMENT, (*article.documents, *article.cited)),
        (Tie.TOPIC, article.topics),
        (Tie.ORGANISATION, article.organisations),
        (Tie.PARTNER, article.partners),
        (Tie.PLACE, (article.location,)),
        (Tie.SERIES, (article.series,) if article.series else ()),
    ):
        shared.update(dict.fromkeys(((tie, name) for name in names), 1.0))
    body = "".join(part if isinstance(part, str) else part.text for part in article.body)
    terms = count_terms(f"{article.title}. {article.summary}. {body}")
    return Features(article.id, article.date, shared, terms, article.follows)


def _strength(part: Part) -> float:
    return STRENGTH[OfficialPart(part)]


def bulletin_cpu(corpus: Corpus, runs: int) -> tuple[float, float]:
    """The processor seconds of the related lists of a corpus, and of the reasons of all that is
    shown; each the median of some runs. The counting of terms belongs to the parsing."""
    features = [features_of(article) for article in corpus.articles]
    gc.disable()  # as in a build
    lists, reasons = zip(*(_one_run(features) for _ in range(runs)), strict=True)
    return median(lists), median(reasons)


def _one_run(features: Sequence[Features]) -> tuple[float, float]:
    gc.collect()
    start = time.process_time()
    relations = find_relations(features, RelatedConfig())
    shown = relations.all()
    found = time.process_time()
    for identity, related in shown.items():
        for relation in related:
            relations.reasons(identity, relation.id)
    return found - start, time.process_time() - found
