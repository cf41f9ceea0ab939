"""Addresses of crypto-currency wallets, by their own checksums."""

from hashlib import sha256

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE58 = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CONSTANTS = (1, 0x2BC830A3)  # bech32 (BIP 173), bech32m (BIP 350)
_MAX_LENGTH = 110


def _base58(text: str, alphabet: str) -> bytes | None:
    """Return the bytes that ``text`` writes in base 58; None for another character or too many."""
    if not 0 < len(text) <= _MAX_LENGTH:
        return None
    value = 0
    for c in text:
        place = alphabet.find(c)
        if place < 0:
            return None
        value = value * 58 + place
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return b"\0" * zeros + value.to_bytes((value.bit_length() + 7) // 8, "big")


def _base58check(text: str, alphabet: str = _BASE58) -> bytes | None:
    """Return version and payload where the last four bytes are their double SHA-256 (base58check)."""
    raw = _base58(text, alphabet)
    if raw is None or len(raw) != 25 or sha256(sha256(raw[:-4]).digest()).digest()[:4] != raw[-4:]:
        return None
    return raw[:-4]


def bitcoin(text: str) -> bool:
    """Say whether ``text`` is a Bitcoin address of the old kinds (versions 0 and 5)."""
    return (raw := _base58check(text)) is not None and raw[0] in (0, 5)


def litecoin(text: str) -> bool:
    """Say whether ``text`` is a Litecoin address of the old kinds (versions 48 and 50)."""
    return (raw := _base58check(text)) is not None and raw[0] in (48, 50)


def dogecoin(text: str) -> bool:
    """Say whether ``text`` is a Dogecoin address (versions 30 and 22)."""
    return (raw := _base58check(text)) is not None and raw[0] in (30, 22)


def tron(text: str) -> bool:
    """Say whether ``text`` is a Tron address (version 65)."""
    return (raw := _base58check(text)) is not None and raw[0] == 65


def ripple(text: str) -> bool:
    """Say whether ``text`` is a classic XRP Ledger address (version 0, Ripple's own alphabet)."""
    return (raw := _base58check(text, _RIPPLE58)) is not None and raw[0] == 0


def solana(text: str) -> bool:
    """Say whether ``text`` writes 32 bytes in base 58; there is no checksum, so the rule must ask for context."""
    return (raw := _base58(text, _BASE58)) is not None and len(raw) == 32


def bech32(text: str) -> bool:
    """Say whether ``text`` has a right bech32 or bech32m checksum (BIP 173, BIP 350), in one case only."""
    if text not in (text.lower(), text.upper()) or not 8 <= len(text) <= _MAX_LENGTH:
        return False
    prefix, separator, data = text.lower().rpartition("1")
    if (
        not separator
        or not prefix
        or len(data) < 6
        or not prefix.isascii()
        or any(c not in _BECH32 for c in data)
    ):
        return False
    values = (
        [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + [_BECH32.index(c) for c in data]
    )
    state = 1
    for value in values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            if top >> bit & 1:
                state ^= generator
    return state in _BECH32_CONSTANTS


def ethereum(text: str) -> bool:
    """Say whether ``text`` is an Ethereum address: 20 bytes in hex; in mixed case, by EIP-55."""
    body = text[2:]
    if (
        text[:2] not in ("0x", "0X")
        or len(body) != 40
        or any(c not in "0123456789abcdefABCDEF" for c in body)
    ):
        return False
    if len(set(body.lower())) < 6:
        return False
    if body in (body.lower(), body.upper()):
        return True
    marks = _keccak256(body.lower().encode()).hex()
    return all(c.isdigit() or c.isupper() == (int(m, 16) >= 8) for c, m in zip(body, marks, strict=False))


_ROUNDS = 24
_MASK = (1 << 64) - 1


def _round_constants() -> tuple[int, ...]:
    """Return the constants of Keccak-f[1600], made by its shift register (FIPS 202, algorithm 5)."""
    constants, register = [], 1
    for _ in range(_ROUNDS):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << ((1 << power) - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


_CONSTANTS = _round_constants()


def _rotate(lane: int, by: int) -> int:
    by %= 64
    return (lane << by | lane >> (64 - by)) & _MASK


def _keccak_f(lanes: list[list[int]]) -> None:
    """Permute the 5 x 5 lanes in place (FIPS 202, 3.3)."""
    for constant in _CONSTANTS:
        parity = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
        for x in range(5):
            mix = parity[(x - 1) % 5] ^ _rotate(parity[(x + 1) % 5], 1)
            for y in range(5):
                lanes[x][y] ^= mix
        x, y, current = 1, 0, lanes[1][0]
        for step in range(_ROUNDS):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x][y] = lanes[x][y], _rotate(current, (step + 1) * (step + 2) // 2)
        for y in range(5):
            row = [lanes[x][y] for x in range(5)]
            for x in range(5):
                lanes[x][y] = row[x] ^ (~row[(x + 1) % 5] & _MASK & row[(x + 2) % 5])
        lanes[0][0] ^= constant


def _keccak256(data: bytes) -> bytes:
    """Return Keccak-256 with the padding Ethereum uses, which is older than SHA-3's; ``data`` fits one block."""
    block = data + b"\x01" + b"\0" * (135 - len(data))
    block = block[:-1] + bytes([block[-1] | 0x80])
    lanes = [[0] * 5 for _ in range(5)]
    for i in range(17):
        lanes[i % 5][i // 5] ^= int.from_bytes(block[8 * i : 8 * i + 8], "little")
    _keccak_f(lanes)
    return b"".join(lanes[i % 5][i // 5].to_bytes(8, "little") for i in range(4))
