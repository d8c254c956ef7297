"""两步验证: the secret of an authenticator app, sealed, and the codes that prove it is there."""

from __future__ import annotations

from msgspec.structs import replace

from payswitch.domain.errors import NO_MASTER_KEY, PaySwitchError
from payswitch.domain.user import User, UserChange
from payswitch.kit import totp
from payswitch.kit.ids import IdSource
from payswitch.kit.sealing import KeyRing
from payswitch.kit.secrets import fingerprint
from payswitch.services.people.people_desk import PeopleDesk


def ring_for(ring: KeyRing | None) -> KeyRing:
    """Raises `no_master_key`: a secret that could be read in the database would be no second factor."""
    if ring is None:
        raise PaySwitchError(
            NO_MASTER_KEY,
            "a second factor is sealed with the master key: set PAYSWITCH_MASTER_KEY or [service] master_key_file "
            "(`payswitch master-key` prints a key) and restart",
            "两步验证密钥须以主密钥加密保存：请设置 PAYSWITCH_MASTER_KEY 或 [service] master_key_file 并重启服务",
        )
    return ring


def context_of(user_id: str) -> str:
    """What a sealed secret is bound to: moved to another user it does not open."""
    return f"totp {user_id}"


def seal_secret(ring: KeyRing, user_id: str, secret: str) -> bytes:
    return ring.seal(secret.encode(), context_of(user_id))


def open_secret(ring: KeyRing | None, user: User, sealed: bytes) -> str:
    """Raises `no_master_key`, SealBroken."""
    return ring_for(ring).open(sealed, context_of(user.user_id)).decode()


def used(ring: KeyRing | None, user: User, code: str, now_ms: int) -> User | None:
    """The user after this code (or recovery code) was used; None when it is wrong or was used before."""
    if user.totp_sealed is None:
        return None
    step = totp.step_of(open_secret(ring, user, user.totp_sealed), totp.plain(code), now_ms)
    if step is not None:
        return replace(user, totp_step=step) if step > user.totp_step else None
    hashed = fingerprint(totp.plain(code))
    if hashed not in user.recovery_hashes:
        return None
    return replace(user, recovery_hashes=tuple(left for left in user.recovery_hashes if left != hashed))


def new_recovery_codes(ids: IdSource) -> list[str]:
    """Shown once; only their hashes are kept."""
    return [totp.recovery_code(ids.token()) for _ in range(totp.RECOVERY_CODES)]


def hashed(codes: list[str]) -> tuple[str, ...]:
    return tuple(fingerprint(totp.plain(code)) for code in codes)


async def renewed_users(desk: PeopleDesk) -> list[User]:
    """Everybody whose secrets an older master key seals, with them under the newest one; nothing is written yet.

    Raises SealBroken when one does not open.
    """
    found = []
    for user in await desk.store.users():
        sealed, pending = (_anew(desk, user, one) for one in (user.totp_sealed, user.totp_pending))
        if (sealed, pending) != (user.totp_sealed, user.totp_pending):
            found.append(replace(user, totp_sealed=sealed, totp_pending=pending, revision=user.revision + 1))
    return found


def _anew(desk: PeopleDesk, user: User, sealed: bytes | None) -> bytes | None:
    if sealed is None or (desk.key_ring is not None and desk.key_ring.is_newest(sealed)):
        return sealed
    return seal_secret(ring_for(desk.key_ring), user.user_id, open_secret(desk.key_ring, user, sealed))


async def keep_renewed(desk: PeopleDesk, users: list[User]) -> int:
    """How many they were. Each by itself: while both master keys are at hand, half of them is no harm."""
    for user in users:
        await desk.store.commit_user(UserChange(user=user))
    return len(users)
