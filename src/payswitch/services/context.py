"""What every use case needs, wired once by `app.py` and passed as `ctx`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from payswitch.domain.operator import Operator
from payswitch.kit.briefly import Briefly
from payswitch.kit.clock import Clock
from payswitch.kit.durations import HOUR_MS
from payswitch.kit.ids import IdSource
from payswitch.routing.planner import Router
from payswitch.services.alerts.alert_desk import AlertDesk
from payswitch.services.books.book_ports import BookStore
from payswitch.services.channels.channel_desk import ChannelDesk
from payswitch.services.channels.watch_memory import ChannelWatch
from payswitch.services.checkout.held_cards import HeldCards
from payswitch.services.decisions.customer_history import CustomerHistory
from payswitch.services.decisions.segment_memory import SegmentMemory
from payswitch.services.decisions.usage import Usage
from payswitch.services.last_times import LastTimes
from payswitch.services.live.live_board import LiveBoard, RecentIds
from payswitch.services.payments.bells import Bells
from payswitch.services.payments.inflight import Inflight
from payswitch.services.people.people_desk import PeopleDesk, sign_in_url
from payswitch.services.policies.policy_desk import PolicyDesk
from payswitch.services.ports import ChannelDirectory, EventSender, LiveFeed, ResultSigner, Store
from payswitch.services.reports.analytics_ports import Analytics
from payswitch.services.side_work import SideWork
from payswitch.services.timings import Timings

if TYPE_CHECKING:
    from payswitch.services.channels.fault_panel import SandboxControl
    from payswitch.services.live.live_now import LiveNow

UNTRUSTED_QUIET_MS = 60_000
"""At most one incident a minute and channel about notifications that are not believed."""
COLLECT_GAP_MS = 1_000
"""A person needs longer to enter an amount."""
ASK_GAP_MS = 2_000
"""Somebody who presses a button twice needs no second answer."""
INCIDENT_QUIET_MS = HOUR_MS
"""A trouble that stays is told again after an hour, not at every query."""

LIVE_KEPT_MS = 500


@dataclass(slots=True)
class Context:
    """The wired application, as use cases see it."""

    store: Store
    directory: ChannelDirectory
    router: Router
    sender: EventSender
    feed: LiveFeed
    clock: Clock
    ids: IdSource
    public_url: str
    """Where channels and customers reach us; no slash at the end."""
    timings: Timings = field(default_factory=Timings)
    node_id: str = "node"
    """Names this process among those that share the storage, in the claims of its sweeper."""
    operators: Mapping[str, Operator] = field(default_factory=dict)
    """Who may call the admin API, by the fingerprint of their key."""
    desk: ChannelDesk | None = None
    """What changing channels needs; None where channels cannot be changed."""
    people: PeopleDesk | None = None
    """Users and their sessions, and the trail; None where nobody signs in."""
    policy_desk: PolicyDesk | None = None
    """What changing policies needs; None where they cannot be changed."""
    books: BookStore | None = None
    """Reconciliations and audits; None where there are none."""
    alerts: AlertDesk | None = None
    """Who is told when something is wrong; None where nobody is."""
    analytics: Analytics | None = None
    """The columnar store; None where there is none."""
    inflight: Inflight = field(default_factory=Inflight)
    usage: Usage = field(default_factory=Usage)
    held_cards: HeldCards = field(default_factory=HeldCards)
    """Cards being signed up: their particulars are nowhere else."""
    outbox_wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Set after a commit that holds events, so that the shop hears within milliseconds."""
    bells: Bells = field(default_factory=Bells)
    """Rung by each commit of a payment, for the pages that watch it."""
    history: CustomerHistory = field(default_factory=CustomerHistory)
    """Which customers have paid before, where a rule wants to know."""
    segments: SegmentMemory = field(default_factory=SegmentMemory)
    """Bank, amount band and device of recent payments, for what the brain learns of them."""
    checked: LastTimes = field(init=False)
    """When a checkout last made us ask the channel, by payment id."""
    forgeries_told: LastTimes = field(default_factory=lambda: LastTimes(UNTRUSTED_QUIET_MS))
    """When an incident about untrusted messages was last written, by channel: a flood of forgeries must not fill
    the database."""
    troubles_told: LastTimes = field(default_factory=lambda: LastTimes(INCIDENT_QUIET_MS))
    """The same for troubles of one attempt or refund that every query meets again, by its id."""
    asked_by_hand: LastTimes = field(default_factory=lambda: LastTimes(ASK_GAP_MS))
    """When an operator last had the channels asked, by payment id."""
    sms_sent: LastTimes = field(init=False)
    """When a customer was last sent an SMS code, by attempt id."""
    incidents_told: RecentIds = field(default_factory=RecentIds)
    """Incidents about channels that are in storage already, by id: so that not every round tries to write them."""
    sandbox: SandboxControl | None = None
    """The sandbox's faults, for a panel that makes its channels ill; None wherever real money flows."""
    signer: ResultSigner | None = None
    """Signs the results that browsers carry back to shops; None: they go back without."""
    collecting_shops: frozenset[str] = frozenset()
    """Shops with a static code (固定收款码)."""
    collected: LastTimes = field(default_factory=lambda: LastTimes(COLLECT_GAP_MS))
    """When a customer last made a payment from a static code, by shop and address."""
    board: LiveBoard | None = None
    """The live board's memory, where there is one: what each product of each channel did in the last ten minutes."""
    live_seen: Briefly[frozenset[str], LiveNow] = field(default_factory=lambda: Briefly(LIVE_KEPT_MS))
    """What the live board last showed, by the merchants it was shown of."""
    live_recalling: SideWork = field(default_factory=SideWork)
    """The reading of the day before the start, while it goes on."""
    watch: ChannelWatch = field(default_factory=ChannelWatch)
    """The last probe of each channel."""
    losers: SideWork = field(default_factory=SideWork)
    """Create calls that nobody waits for any more: each is heard to its end."""
    sweeping: SideWork = field(default_factory=SideWork)
    """Payments the sweeper is working on just now."""
    swept: dict[str, int | None] = field(default_factory=dict)
    """Payments it is done with, and before which time nobody needs to look again: given back with the next round."""
    delivering: SideWork = field(default_factory=SideWork)

    def __post_init__(self) -> None:
        self.checked = LastTimes(self.timings.check_gap_ms)
        self.sms_sent = LastTimes(self.timings.sms_gap_ms)

    def checkout_url(self, token: str) -> str:
        return f"{self.public_url}/checkout/{token}"

    def sign_in_url(self, token: str) -> str:
        return sign_in_url(self.public_url, token)

    def notify_url(self, channel_id: str) -> str:
        return f"{self.public_url}/notify/{channel_id}"
