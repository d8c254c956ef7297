"""What `GET /v1/capabilities` shows: what works where, so that a shop offers no button that cannot be pressed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.channel import Closing, CredentialKind, Environment, Method, Product
from payswitch.domain.matrix import needs
from payswitch.services.checkout.capabilities import Offer, Place


class OfferView(msgspec.Struct, frozen=True, kw_only=True):
    """One product that works in this environment."""

    product: Product
    method: Method
    push: bool
    """True: the customer confirms in their wallet. False: the call itself takes the money."""
    credential: CredentialKind
    """What your page or till shows."""
    needs: Sequence[str]
    """What must be sent: `openid`, `buyer_id`, `agreement` (a card signed up before), `payment_code`, `sms_code`,
    `apple_pay_token`."""
    closing: Closing
    """How far a shown credential can be made worthless."""
    min_fen: int
    max_fen: int | None
    channels: Sequence[str]
    """The channels that have it; which of them takes a payment is decided when it is made."""


class EnvironmentView(msgspec.Struct, frozen=True, kw_only=True):
    """One environment; `offers` may be empty."""

    environment: Environment
    methods: Sequence[Method]
    offers: Sequence[OfferView]


class CapabilityList(msgspec.Struct, frozen=True, kw_only=True):
    data: Sequence[EnvironmentView]


def capability_list(places: Sequence[Place]) -> CapabilityList:
    return CapabilityList(data=[_environment(place) for place in places])


def _environment(place: Place) -> EnvironmentView:
    return EnvironmentView(
        environment=place.environment,
        methods=list(dict.fromkeys(offer.capability.method for offer in place.offers)),
        offers=[_offer(offer) for offer in place.offers],
    )


def _offer(offer: Offer) -> OfferView:
    capability = offer.capability
    return OfferView(
        product=capability.product,
        method=capability.method,
        push=capability.push,
        credential=capability.credential,
        needs=needs(capability),
        closing=capability.closing,
        min_fen=offer.min_fen,
        max_fen=offer.max_fen,
        channels=offer.channel_ids,
    )
