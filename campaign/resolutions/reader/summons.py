"""Whether a demand is a call: a summons to supporters to do something together."""

from __future__ import annotations

from campaign.resolutions.reader.addressees import Register
from campaign.resolutions.reader.dates import find_dates
from campaign.resolutions.reader.drafts import Sentence
from campaign.resolutions.reader.noun_phrases import NounPhrase, is_actor
from campaign.resolutions.reader.requests import Request
from campaign.resolutions.reader.sites import site_class
from campaign.resolutions.reader.words import is_capital

_NEAR = 9  # words in which a verb such as "support" finds its "day of action"
_HEAD = 6  # words in which a thing called for shows its head


def is_call(
    sentence: Sentence, request: Request, content: tuple[int, int], register: Register
) -> bool:
    """Tell "calls on all members to march" from "calls on the Council to act"."""
    if request.action is None:
        return request.asked is None and _is_gathering(sentence, content)
    verb = request.action
    while verb < content[1] and sentence.language.is_adverb(sentence.tokens[verb].word):
        verb += 1
    mobilises = sentence.is_any(verb, "mobilising")
    if mobilises and sentence.is_any(verb + 1, "label_us"):
        return True
    if request.asked is None or not (mobilises or sentence.is_any(verb, "staging")):
        return False
    friends = request.asked.is_of(sentence.language, "seconds") and register.addressed is None
    if friends or _may_gather(sentence, request.asked, (verb, content[1])):
        return True
    near = range(verb + 1, min(verb + _NEAR, content[1]))
    stages = mobilises or any(sentence.is_any(index, "gatherings") for index in near)
    return stages and _are_supporters(sentence, request.asked)


def _is_gathering(sentence: Sentence, content: tuple[int, int]) -> bool:
    """Tell "call for demonstrations on 5 May": the head of the thing is a gathering."""
    lo, hi = content
    for index in range(lo, min(lo + _HEAD, hi)):
        if sentence.is_any(index, "gatherings"):
            return True
        if sentence.is_any(index, "prepositions", "nominals"):
            return False
    return False


def _may_gather(sentence: Sentence, asked: NounPhrase, content: tuple[int, int]) -> bool:
    """Tell people of any name ("islanders everywhere") by where and when they are to be."""
    if is_actor(sentence.text, asked, sentence.language):
        return False
    if is_capital(sentence.text, asked.words[-1]):
        return False
    tokens = sentence.tokens[slice(*content)]
    return (
        any(sentence.language.any(token.word, "gatherings") for token in tokens)
        or site_class(tokens, sentence.language) is not None
        or bool(find_dates(sentence.text, tokens, sentence.language, None))
    )


def _are_supporters(sentence: Sentence, asked: NounPhrase) -> bool:
    """Tell "all members" and "our branches" from "members of the Council"."""
    language = sentence.language
    if asked.is_of(language, "followers"):
        return True
    if any(language.any(token.word, "actors") for token in asked.words):
        return False
    return asked.is_of(language, "supporters")
