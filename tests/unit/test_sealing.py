"""A sealed text opens only with its key, unchanged, and where it belongs; a master key says nothing about itself."""

from __future__ import annotations

import itertools

import pytest

from payswitch.kit.sealing import KeyRing, MasterKey, MasterKeyError, SealBroken, new_master_key, read_master_keys

SECRET = b'{"api_v3_key": "0123456789abcdef0123456789abcdef"}'


def ring(*keys: str) -> KeyRing:
    counter = itertools.count(1)
    return KeyRing([MasterKey(key) for key in keys], random=lambda size: next(counter).to_bytes(size, "big"))


OLD, NEW = new_master_key(), new_master_key()


def test_what_is_sealed_opens_where_it_belongs() -> None:
    envelope = ring(NEW).seal(SECRET, "channel w version 1")

    assert SECRET not in envelope
    assert b"api_v3_key" not in envelope
    assert ring(NEW).open(envelope, "channel w version 1") == SECRET


@pytest.mark.parametrize("context", ["channel w version 2", "channel x version 1", ""])
def test_moved_to_another_row_it_does_not_open(context: str) -> None:
    envelope = ring(NEW).seal(SECRET, "channel w version 1")

    with pytest.raises(SealBroken, match="belongs to something else"):
        ring(NEW).open(envelope, context)


def test_not_a_single_bit_may_change() -> None:
    envelope = ring(NEW).seal(SECRET, "here")
    for place in range(len(envelope)):
        changed = bytearray(envelope)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            ring(NEW).open(bytes(changed), "here")
    for short in (b"", envelope[:1], envelope[:20], envelope[:-1]):
        with pytest.raises(SealBroken):
            ring(NEW).open(short, "here")


def test_while_the_key_is_changed_the_newest_seals_and_all_open() -> None:
    old = ring(OLD).seal(SECRET, "here")
    both = ring(NEW, OLD)

    assert both.open(old, "here") == SECRET
    assert ring(NEW).open(both.seal(SECRET, "here"), "here") == SECRET
    with pytest.raises(SealBroken, match=MasterKey(OLD).key_id):
        ring(NEW).open(old, "here")


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    system = KeyRing([MasterKey(NEW)])
    assert len({system.seal(SECRET, "here") for _ in range(50)}) == 50


def test_a_mark_compares_secrets_under_one_key_only() -> None:
    key = MasterKey(NEW)
    assert key.mark("a") == MasterKey(NEW).mark("a") != key.mark("b")
    assert key.mark("a") != MasterKey(OLD).mark("a")


def test_a_key_does_not_show_itself() -> None:
    body = NEW.removeprefix("psmk_")
    for shown in (repr(MasterKey(NEW)), repr(KeyRing([MasterKey(NEW)])), MasterKey(NEW).key_id):
        assert body not in shown
        assert body[:8] not in shown


def test_several_keys_stand_in_a_file_with_remarks() -> None:
    text = f"# since November\n{NEW}\n\n# until November\n{OLD}\n"
    assert [key.key_id for key in read_master_keys(text)] == [MasterKey(NEW).key_id, MasterKey(OLD).key_id]


@pytest.mark.parametrize("wrong", ["hello", "psmk_", "psmk_" + "A" * 42, "psmk_" + "A" * 44, NEW[5:], NEW + "!"])
def test_what_is_no_master_key_is_told_without_quoting_it(wrong: str) -> None:
    with pytest.raises(MasterKeyError) as refused:
        MasterKey(wrong)
    assert "payswitch master-key" in str(refused.value)
    assert wrong == "psmk_" or wrong not in str(refused.value)
