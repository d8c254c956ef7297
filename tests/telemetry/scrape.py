"""Prometheus' side of a scrape: what the page says, read by the library's own parser."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from payswitch.entry.http.assemble import make_asgi
from payswitch.entry.metrics.page import MetricsPage, routes
from payswitch.kit.secrets import fingerprint
from payswitch.services.feeds import FanOut
from tests.api.support import Evening, Web

TOKEN = "scrape-token-not-a-secret"


@dataclass
class Watched:
    """An evening whose metrics somebody scrapes."""

    evening: Evening
    page: MetricsPage
    web: Web
    """This machine, at an application that serves the metrics alone."""

    async def scrape(self) -> Scrape:
        body, _ = await self.page.render("")
        return Scrape(body.decode())


class Scrape:
    """One page."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.families: dict[str, Metric] = {family.name: family for family in text_string_to_metric_families(text)}
        self.samples = [sample for family in self.families.values() for sample in family.samples]

    def value(self, name: str, **labels: str) -> float:
        """The sum over all series of this name that have these labels. Raises where there is none."""
        found = [s.value for s in self.samples if s.name == name and labels.items() <= s.labels.items()]
        if not found:
            raise LookupError(f"{name}{labels} is not on the page")
        return sum(found)

    def labels_of(self, name: str) -> list[dict[str, str]]:
        return [dict(sample.labels) for sample in self.samples if sample.name == name]


def watched(evening: Evening) -> Watched:
    """Listen to this evening as `telemetry.py` does."""
    ctx, page = evening.night.ctx, MetricsPage(fingerprint(TOKEN))
    ctx.feed = FanOut(evening.board, page.heard)
    evening.night.store.commits.hear = page.heard.hear_commit
    page.read_from(ctx, evening.board)
    return Watched(evening, page, Web(make_asgi(routes(page), clock=ctx.clock, ids=ctx.ids)))
