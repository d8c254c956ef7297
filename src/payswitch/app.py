"""The composition root: the only module that knows every part. Builds the service, starts it, stops it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.directory import Directory
from payswitch.connectors.registry import load_registry
from payswitch.connectors.workshop import Workshop
from payswitch.entry.api.routes import hot_routes
from payswitch.entry.api.routes import routes as api_routes
from payswitch.entry.checkout.routes import routes as checkout_routes
from payswitch.entry.console.routes import routes as console_routes
from payswitch.entry.http.assemble import make_asgi
from payswitch.entry.notify.routes import routes as notify_routes
from payswitch.entry.worker import Worker
from payswitch.kit import logs
from payswitch.kit.clock import Clock, SystemClock
from payswitch.kit.ids import IdSource, SystemIds
from payswitch.people_at_machine import people_desk
from payswitch.routing.policy import Policy
from payswitch.routing.policy_book import PolicyBook
from payswitch.routing.policy_default import default_policy
from payswitch.routing.policy_loading import PolicyInvalid
from payswitch.routing.policy_loading import load_policy as read_policy
from payswitch.senders.alerts import AlertCarrier
from payswitch.senders.sandbox_control import SandboxControl
from payswitch.senders.webhooks import WebhookSender
from payswitch.services.alerts.alert_desk import AlertDesk
from payswitch.services.channels.channel_desk import ChannelDesk
from payswitch.services.channels.channel_disabling import put_in_force
from payswitch.services.channels.channel_loading import load_managed
from payswitch.services.context import Context
from payswitch.services.decisions.recalling import recall
from payswitch.services.decisions.usage import day_start_ms, month_start_ms
from payswitch.services.feeds import FanOut
from payswitch.services.live.live_board import LiveBoard
from payswitch.services.policies.policy_desk import PolicyDesk, owners
from payswitch.services.policies.policy_installing import restore_policies
from payswitch.services.reports.analytics_ports import Analytics
from payswitch.settings import Settings, SettingsError
from payswitch.settings.operators import operators_by_key
from payswitch.storage.analytics.lake import ParquetLake
from payswitch.storage.databases import make_store
from payswitch.telemetry import Telemetry

if TYPE_CHECKING:
    from litestar import Litestar


_log = logs.get_logger(__name__)


class StartProblem(SettingsError):
    """The configuration is readable, but what it names cannot be used just now: the database, most of all."""


class App:
    """One wired service process: everything built, nothing started."""

    def __init__(self, settings: Settings, *, clock: Clock, ids: IdSource) -> None:
        self.settings = settings
        self.transport = AiohttpTransport(clock=clock)
        self.store = make_store(
            settings.database,
            clock=clock,
            pool_size=settings.service.database_pool,
            timeout_ms=settings.service.database_timeout_ms,
        )
        secrets = {shop.shop_id: shop.secrets() for shop in settings.shops}
        self.sender = WebhookSender(
            secrets_of=lambda shop_id: secrets.get(shop_id, []),
            clock=clock,
            allow_private_networks=settings.service.allow_private_networks,
        )
        self.directory = _open_channels(settings, self.transport, clock, ids)
        self.desk = ChannelDesk(
            store=self.store,
            workshop=Workshop(self.directory, transport=self.transport, clock=clock, ids=ids),
            key_ring=settings.key_ring,
            file_accounts={entry.channel_id: entry.account for entry in settings.channels},
        )
        self.people = people_desk(settings, self.store, clock) if settings.console.enabled else None
        self._managed_loaded = False
        self.policy_desk = PolicyDesk(
            store=self.store, book=PolicyBook(load_policy(settings), merchant_of=owners(self.directory))
        )
        self.board = LiveBoard(clock=clock)
        self.carrier = AlertCarrier(clock=clock, allow_private_networks=settings.service.allow_private_networks)
        self.alerts = AlertDesk(
            store=self.store,
            sender=self.carrier,
            key_ring=settings.key_ring,
            file_receivers=settings.alert_receivers,
        )
        self.feed = FanOut(self.board, self.alerts.ears)
        node_id = ids.new("node_", clock.now_ms())
        self.telemetry = Telemetry(settings.service, clock=clock, node_id=node_id)
        self.telemetry.listen(self.feed, self.store)
        self.ctx = Context(
            store=self.store,
            directory=self.directory,
            router=self.policy_desk.book,
            sender=self.sender,
            feed=self.feed,
            clock=clock,
            ids=ids,
            public_url=settings.public_url,
            timings=settings.timings,
            node_id=node_id,
            operators=operators_by_key(settings.operators),
            desk=self.desk,
            people=self.people,
            policy_desk=self.policy_desk,
            books=self.store,
            alerts=self.alerts,
            board=self.board,
            analytics=self._analytics(),
            sandbox=SandboxControl(settings.service.sandbox_url) if settings.service.sandbox_url else None,
            signer=self.sender,
            collecting_shops=frozenset(shop.shop_id for shop in settings.shops if shop.static_code),
        )
        self.worker = Worker(self.ctx)
        served = make_asgi(
            [
                *api_routes(self.ctx),
                *notify_routes(self.ctx),
                *checkout_routes(self.ctx),
                *console_routes(),
                *self.telemetry.routes(self.ctx, self.board),
            ],
            clock=clock,
            ids=ids,
            lifespan=[self._lifespan],
            hot=hot_routes(self.ctx),
        )
        self.asgi = self.telemetry.around(served)

    def _analytics(self) -> Analytics | None:
        """The columnar store; its files are touched at its first use."""
        path = self.settings.analytics_path
        if path is None:
            return None
        return Analytics(self.store, ParquetLake(path), self.store, self.settings.service.analytics_days)

    async def start(self) -> None:
        """Open the database (migrating it if needed), write down shops and channels, start the loops."""
        await self.store.open()
        await self.load_managed_channels()
        await self.store.set_shops([(shop.shop(), shop.key_fingerprints()) for shop in self.settings.shops])
        for channel in self.directory.all_channels():
            await self.store.save_channel(channel)
        now_ms = self.ctx.clock.now_ms()
        await self._restore_policies(now_ms)
        today_fen = await self.store.received_since(day_start_ms(now_ms))
        month_fen = await self.store.received_since(month_start_ms(now_ms))
        self.ctx.usage.restore(today_fen, month_fen, now_ms)
        await self._tell_about_users()
        await recall(self.ctx)
        await self.transport.open()
        await self.sender.open()
        await self.carrier.open()
        await self.telemetry.open()
        self.worker.start()

    async def load_managed_channels(self) -> None:
        """Put the admin-managed channels into the directory, and take out of it what operators have disabled of the
        file. Raises StartProblem when keys do not open: without them nobody could ask about payments already made."""
        if self._managed_loaded:
            return
        stored = await self.store.look_at_channels()
        problems = load_managed(self.desk, stored.managed, stored.credentials)
        if problems:
            raise StartProblem(self.store.place, problems)
        put_in_force(self.directory, self.desk, stored.disabled)
        self._managed_loaded = True

    async def _restore_policies(self, now_ms: int) -> None:
        """Raises StartProblem for a stored policy that cannot be read."""
        try:
            merchants = {shop.merchant_id for shop in self.settings.shops}
            await restore_policies(self.policy_desk, merchants, now_ms)
        except msgspec.ValidationError as error:
            raise StartProblem(
                self.store.place, [f"a stored policy cannot be read / 无法读取已保存的策略: {error}"]
            ) from error

    async def _tell_about_users(self) -> None:
        """A console into which nobody can come says how to make the first owner."""
        if self.people is not None and not await self.store.users():
            _log.warning(
                "console_without_users",
                console=f"{self.settings.public_url}/console/",
                make_the_first_owner="payswitch user add NAME --role owner --config FILE",
                zh="控制台尚无用户，请运行上述命令新增负责人",
            )

    async def stop(self) -> None:
        """Finish what is going on, then close. Whatever is cut off all the same, the sweeper finishes next time."""
        await self.worker.stop()
        await self.ctx.inflight.drain()
        await self.ctx.losers.finished()
        await self.ctx.live_recalling.finished()
        await self.telemetry.aclose()
        await self.sender.aclose()
        await self.carrier.aclose()
        await self.transport.aclose()
        await self.store.aclose()
        if self.ctx.analytics is not None:
            await self.ctx.analytics.lake.aclose()

    @asynccontextmanager
    async def _lifespan(self, _: Litestar) -> AsyncIterator[None]:
        await self.start()
        try:
            yield
        finally:
            await self.stop()


def build(settings: Settings, *, clock: Clock | None = None, ids: IdSource | None = None) -> App:
    """Wire a service from its settings. Raises SettingsError for anything that cannot work."""
    return App(settings, clock=clock or SystemClock(), ids=ids or SystemIds())


def _open_channels(settings: Settings, transport: AiohttpTransport, clock: Clock, ids: IdSource) -> Directory:
    """Parse every key now, so that a wrong one is found at start and not at a payment. All problems at once."""
    directory = Directory(load_registry())
    problems: list[str] = []
    for entry in settings.channels:
        try:
            directory.open(entry.channel(), entry.account, transport=transport, clock=clock, ids=ids)
        except AccountProblem as problem:
            problems += [f"channels[{entry.channel_id}].account: {text}" for text in problem.problems]
    if problems:
        raise SettingsError(str(settings.folder / "payswitch.toml"), problems)
    return directory


def load_policy(settings: Settings) -> Policy:
    """The configured policy document, or the default one."""
    path = settings.policy_path
    if path is None:
        return default_policy()
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        # Admin-managed channels are known only to the database: their names cannot be checked here.
        known = [entry.channel() for entry in settings.channels] if settings.key_ring is None else None
        return read_policy(data, known)
    except OSError as error:
        raise SettingsError(str(path), [f"cannot be read / 无法读取: {error.strerror}"]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), [f"not readable as YAML / 不是合法的 YAML: {error}"]) from error
    except PolicyInvalid as error:
        raise SettingsError(str(path), [str(problem) for problem in error.problems]) from error
