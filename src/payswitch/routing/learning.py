"""What one observation teaches: it is shared out among its possible explanations.

A create fails because the channel is down, because one part of it is (this bank, this amount, this kind of device),
because the bank is down wherever one asks, or by the ordinary bad luck that the long-term estimate is about. Each
explanation takes the blame in proportion to its odds before this outcome; only what no trouble explains is learned.
"""

from __future__ import annotations

from typing import Final

from payswitch.kit.durations import MINUTE_MS
from payswitch.routing.health import Health, Line, Priors, Suspense, keep_few
from payswitch.routing.overlay import SCOPED_STATES, Overlay
from payswitch.routing.policy import Scoring
from payswitch.routing.rates import shifted
from payswitch.routing.segments import Key, Segments, bank_in

_WELL: Final = 0.98
"""A scoped overlay that is so probably up is dropped."""
_EXPLAINED: Final = 0.25
"""So little is left of the chance of creation: the failures in suspense were an outage."""
_SUSPENSE_MOST: Final = 8
_LEAST_LUCK: Final = 0.003
"""No channel's ordinary failure rate is believed to be lower: the first failure is never proof of an outage."""
_SURELY_UP: Final = 0.9
_DARK: Final = 0.9
_DARK_MINUTES_MOST: Final = 180
"""Three hours: a payment's life and some."""


def learn_creation(
    health: Health, line: Line, *, failed: bool, silent: bool, segments: Segments, at_ms: int, scoring: Scoring
) -> bool:
    """Take in one create call. True: a part of the channel, or the bank, is to blame for the failure, not the line."""
    keys = segments.named()
    overlays = _explanations(health, line, keys, failed=failed, at_ms=at_ms)
    priors = health.priors(at_ms, scoring)
    luck = _luck(line, keys, priors, at_ms, scoring)
    works = 1.0 - luck
    for overlay in overlays:
        overlay.advance(at_ms)
        works *= overlay.created
    known_sick = any(overlay.created < _EXPLAINED for overlay in overlays[1:])
    share = 1.0
    if failed:
        share = luck * works / (1.0 - luck) / (1.0 - works)
    for overlay in overlays:
        if failed:
            others = works / overlay.created
            overlay.weigh([1.0 - created * others for created in overlay.states.created])
        else:
            overlay.weigh(overlay.states.created)
    if line.breaker.cut_off:
        return False
    if failed:
        line.suspense.append(Suspense(at_ms, keys, share, silent))
        _resolve(health, line, priors, scoring)
        # Plain only when a part was known to be ill, and the channel was seen to work elsewhere since the last failure.
        return known_sick and len(line.suspense) == 1 and line.overlay.up > _SURELY_UP
    _learn_suspense(health, line, priors, scoring)
    _count(health, line, keys, True, at_ms, scoring, _ordinary(overlays), priors)
    line.silence.add(False, at_ms, scoring)
    _drop_well(health, line, keys)
    return False


def explain_outage(line: Line) -> None:
    """A breaker opened for a total outage: what is in suspense was part of it."""
    line.suspense.clear()


def learn_exposed(health: Health, line: Line, at_ms: int, scoring: Scoring) -> None:
    """A credential was shown: one more payment to wait for."""
    line.arrivals.expose(at_ms)
    _watch_arrivals(health, line, at_ms, scoring)


def learn_end(
    health: Health,
    line: Line,
    *,
    paid: bool,
    payer_side: bool,
    waited_ms: int,
    segments: Segments,
    at_ms: int,
    scoring: Scoring,
) -> None:
    """An exposed attempt ended. The customer's own reasons are counted apart, and for conversion."""
    priors = health.priors(at_ms, scoring)
    share = 1.0 if paid else line.dark_minutes.get((at_ms - waited_ms) // MINUTE_MS, 1.0)
    line.conversion.add(paid, at_ms, scoring, share)
    if payer_side and not paid:
        line.payer_side += 1
        line.arrivals.gone(at_ms, waited_ms)
        _watch_arrivals(health, line, at_ms, scoring)
        return
    keys = segments.named()
    own = _weigh_scopes(health, line, keys, paid, at_ms, scoring, priors)
    law = line.arrivals.law(priors.completion, at_ms, scoring)
    share *= own * law.ordinary_share(line.arrivals.odds, paid=paid)
    if paid:
        line.arrivals.paid(at_ms, waited_ms)
    else:
        line.arrivals.refused(at_ms, waited_ms, own, keys, share)
    _learn_completion(health, line, keys, paid, at_ms, scoring, priors, share)
    _watch_arrivals(health, line, at_ms, scoring)


def _learn_completion(
    health: Health,
    line: Line,
    keys: tuple[Key, ...],
    paid: bool,
    at_ms: int,
    scoring: Scoring,
    priors: Priors,
    share: float,
) -> None:
    line.completion.add(paid, at_ms, scoring, share)
    health.all_completion.add(paid, at_ms, scoring, share)
    whole = line.completion.mean(priors.completion, at_ms, scoring)
    for key in keys:
        line.segments.meet(key).completion.add(paid, at_ms, whole, scoring, share)


def _watch_arrivals(health: Health, line: Line, at_ms: int, scoring: Scoring) -> None:
    """Is what was shown being paid? When it is not: since when, and what was wrongly learned meanwhile."""
    priors = health.priors(at_ms, scoring)
    arrivals = line.arrivals
    for keys, share in arrivals.run(at_ms, priors.completion, scoring):
        _learn_completion(health, line, keys, False, at_ms, scoring, priors, -share)
    since_ms = arrivals.dark_since_ms() if arrivals.dark > _DARK else 0
    if since_ms:
        for minute in range(since_ms // MINUTE_MS, at_ms // MINUTE_MS + 1):
            line.dark_minutes[minute] = min(1.0 - arrivals.dark, line.dark_minutes.get(minute, 1.0))
        while len(line.dark_minutes) > _DARK_MINUTES_MOST:
            del line.dark_minutes[next(iter(line.dark_minutes))]


def _explanations(health: Health, line: Line, keys: tuple[Key, ...], *, failed: bool, at_ms: int) -> list[Overlay]:
    """The line's own overlay, and those of the payment's segments; a failure makes the ones that are missing."""
    found = [line.overlay]
    for key in keys:
        overlay = line.scopes.get(key)
        if overlay is None and failed:
            keep_few(line.scopes)
            overlay = line.scopes[key] = Overlay(SCOPED_STATES, at_ms)
            met = line.segments.met.get(key)
            overlay.was_well(met.creation.well_ms if met else 0)
        if overlay is not None:
            found.append(overlay)
    bank = bank_in(keys)
    if bank:
        issuer = health.issuers.get(bank)
        if issuer is None and failed:
            keep_few(health.issuers)
            issuer = health.issuers[bank] = Overlay(SCOPED_STATES, at_ms)
        if issuer is not None:
            found.append(issuer)
    return found


def _luck(line: Line, keys: tuple[Key, ...], priors: Priors, at_ms: int, scoring: Scoring) -> float:
    """The ordinary chance that a create fails here."""
    shift = line.segments.creation_shift(keys, at_ms, scoring)
    rate = shifted(line.creation.mean(priors.creation, at_ms, scoring), shift)
    return min(max(1.0 - rate, _LEAST_LUCK), 0.9)


def _ordinary(overlays: list[Overlay]) -> float:
    """How far a good create says something about ordinary days: in a brown-out neither good nor bad calls do."""
    share = 1.0
    for overlay in overlays:
        share *= overlay.odds[0] + overlay.unpaid
    return share


def _resolve(health: Health, line: Line, priors: Priors, scoring: Scoring) -> None:
    """When the trouble is plain, what is in suspense was part of it; of too much of it, the oldest is not."""
    if line.overlay.created < _EXPLAINED:
        line.suspense.clear()
    elif len(line.suspense) > _SUSPENSE_MOST:
        _learn_one(health, line, line.suspense.pop(0), priors, scoring)


def _learn_suspense(health: Health, line: Line, priors: Priors, scoring: Scoring) -> None:
    """The channel answers: the failures before were its own."""
    waiting, line.suspense = line.suspense, []
    for one in waiting:
        _learn_one(health, line, one, priors, scoring)


def _learn_one(health: Health, line: Line, one: Suspense, priors: Priors, scoring: Scoring) -> None:
    share = min(one.share, line.overlay.odds[0])
    _count(health, line, one.keys, False, one.at_ms, scoring, share, priors)
    line.silence.add(one.silent, one.at_ms, scoring)


def _count(
    health: Health,
    line: Line,
    keys: tuple[Key, ...],
    success: bool,
    at_ms: int,
    scoring: Scoring,
    share: float,
    priors: Priors,
) -> None:
    line.creation.add(success, at_ms, scoring, share)
    health.all_creation.add(success, at_ms, scoring, share)
    whole = line.creation.mean(priors.creation, at_ms, scoring)
    for key in keys:
        line.segments.meet(key).creation.add(success, at_ms, whole, scoring, share)


def _drop_well(health: Health, line: Line, keys: tuple[Key, ...]) -> None:
    for key in keys:
        overlay = line.scopes.get(key)
        if overlay is not None and overlay.up > _WELL:
            del line.scopes[key]
    bank = bank_in(keys)
    issuer = health.issuers.get(bank) if bank else None
    if issuer is not None and issuer.up > _WELL:
        del health.issuers[bank]


def _weigh_scopes(
    health: Health, line: Line, keys: tuple[Key, ...], paid: bool, at_ms: int, scoring: Scoring, priors: Priors
) -> float:
    """Segments in which nothing is paid; the share of this outcome that they leave to be learned."""
    overlays = _explanations(health, line, keys, failed=not paid, at_ms=at_ms)[1:]
    works = line.completion.mean(priors.completion, at_ms, scoring) * line.arrivals.left_at(at_ms)[1]
    for overlay in overlays:
        overlay.advance(at_ms)
        works *= overlay.paid
    left = 1.0
    for overlay in overlays:
        others = works / overlay.paid
        overlay.weigh([part if paid else 1.0 - others * part for part in overlay.states.paid])
        left *= 1.0 if paid else 1.0 - overlay.unpaid
    if paid:
        _drop_well(health, line, keys)
    return left
