"""How is SM2 (GB/T 32918) computed? What needs a public key alone is done here, what needs a private one by OpenSSL.

The arithmetic below is plain Python and not constant time. It touches only public keys, a one-time scalar at encryption
and, once, a new private key on its owner's machine. Whatever uses a private key that stays (`decrypt`, `sign`) is left
to `openssl`, which gets the key through a pipe; in production a certified device stands there (SDF/SKF).
"""

import os
import shutil
import subprocess
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes

from yangcai.kernel.encoding import base64_of

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
#: Whom a signature is by, where nobody agreed on another name (GM/T 0009).
IDENTITY = b"1234567812345678"
_CURVE = bytes.fromhex("06082a811ccf5501822d")  # OID 1.2.156.10197.1.301
#: How long OpenSSL may take for one operation, seconds.
PATIENCE = 30

#: Asked for a number of bytes, gives as many that nobody can foretell.
Chance = Callable[[int], bytes]
Affine = tuple[int, int]
#: (X, Y, Z) with x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
_Point = tuple[int, int, int]
_INFINITY: _Point = (1, 1, 0)


class NoKey(ValueError):
    """The bytes are no public key: no point of the curve."""


class NoProgram(Exception):
    """OpenSSL's program, which uses the private keys, is not installed or does not answer."""


def sm3(content: bytes) -> bytes:
    """32 bytes."""
    running = hashes.Hash(hashes.SM3())
    running.update(content)
    return running.finalize()


def _doubled(point: _Point) -> _Point:
    x, y, z = point
    if not z or not y:
        return _INFINITY
    yy, zz = y * y % P, z * z % P
    s = 4 * x * yy % P
    m = 3 * (x - zz) * (x + zz) % P  # a = -3
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * yy * yy) % P, 2 * y * z % P


def _added(one: _Point, two: _Point) -> _Point:
    if not one[2]:
        return two
    if not two[2]:
        return one
    (x1, y1, z1), (x2, y2, z2) = one, two
    zz1, zz2 = z1 * z1 % P, z2 * z2 % P
    u1, u2, s1, s2 = x1 * zz2 % P, x2 * zz1 % P, y1 * zz2 * z2 % P, y2 * zz1 * z1 % P
    if u1 == u2:
        return _doubled(one) if s1 == s2 else _INFINITY
    h, r = u2 - u1, s2 - s1
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - s1 * hhh) % P, h * z1 * z2 % P


def _sum(a: int, one: Affine, b: int, two: Affine) -> _Point:
    """a·one + b·two, both at once."""
    first, second = (*one, 1), (*two, 1)
    both, found = _added(first, second), _INFINITY
    for bit in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        found = _doubled(found)
        match a >> bit & 1, b >> bit & 1:
            case 1, 1:
                found = _added(found, both)
            case 1, 0:
                found = _added(found, first)
            case 0, 1:
                found = _added(found, second)
    return found


def _affine(point: _Point) -> Affine:
    x, y, z = point
    inverse = pow(z, -1, P)
    return x * inverse * inverse % P, y * inverse * inverse * inverse % P


def _times(scalar: int, point: Affine) -> Affine:
    return _affine(_sum(scalar, point, 0, point))


def _bytes(point: Affine) -> bytes:
    return b"\x04" + point[0].to_bytes(32) + point[1].to_bytes(32)


def point(public: bytes) -> Affine:
    """The point of a public key 04‖x‖y. Raises NoKey unless it lies on the curve."""
    x, y = int.from_bytes(public[1:33]), int.from_bytes(public[33:])
    if len(public) != 65 or public[0] != 4 or max(x, y) >= P or (y * y - (x * x + A) * x - B) % P:
        raise NoKey("no point of the SM2 curve")
    return x, y


def new_private(chance: Chance) -> bytes:
    """A private key in [1, n-2], 32 bytes."""
    while not 1 <= (drawn := int.from_bytes(chance(32))) <= N - 2:
        pass
    return drawn.to_bytes(32)


def public_of(private: bytes) -> bytes:
    """04‖x‖y."""
    return _bytes(_times(int.from_bytes(private), G))


def _stream(secret: bytes, length: int) -> bytes:
    """The key derivation of GB/T 32918.4 §5.4.3."""
    blocks = (sm3(secret + counter.to_bytes(4)) for counter in range(1, (length + 31) // 32 + 1))
    return b"".join(blocks)[:length]


def encrypt(*, plain: bytes, public: bytes, chance: Chance) -> bytes:
    """C1‖C3‖C2 (GB/T 32918.4). Raises NoKey."""
    to = point(public)
    while True:
        k = int.from_bytes(new_private(chance))
        x, y = (value.to_bytes(32) for value in _times(k, to))
        stream = _stream(x + y, len(plain))
        if any(stream):
            break
    hidden = bytes(a ^ b for a, b in zip(plain, stream, strict=True))
    return _bytes(_times(k, G)) + sm3(x + plain + y) + hidden


def _identity_digest(public: bytes) -> bytes:
    """Z of GB/T 32918.2 §5.5."""
    curve = b"".join(value.to_bytes(32) for value in (A, B, *G))
    return sm3((8 * len(IDENTITY)).to_bytes(2) + IDENTITY + curve + public[1:])


def is_signed(*, message: bytes, signature: bytes, public: bytes) -> bool:
    """Is r‖s (64 bytes) a signature with SM3 by the holder of this key? Raises NoKey."""
    by = point(public)
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    t = (r + s) % N
    if len(signature) != 64 or not (1 <= r < N and 1 <= s < N and t):
        return False
    found = _sum(s, G, t, by)
    if not found[2]:
        return False
    e = int.from_bytes(sm3(_identity_digest(public) + message))
    return (e + _affine(found)[0]) % N == r


def decrypt(*, sealed: bytes, private: bytes) -> bytes:
    """The plain bytes of C1‖C3‖C2, by OpenSSL. Raises ValueError, NoProgram."""
    if len(sealed) < 98 or sealed[0] != 4:
        raise ValueError("no SM2 ciphertext")
    x, y = int.from_bytes(sealed[1:33]), int.from_bytes(sealed[33:65])
    der = _der(0x30, _integer(x) + _integer(y) + _der(4, sealed[65:97]) + _der(4, sealed[97:]))
    return _openssl(["-decrypt"], private, der)


def sign(*, message: bytes, private: bytes) -> bytes:
    """r‖s with SM3, by OpenSSL. Raises ValueError, NoProgram."""
    how = ["-sign", "-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{IDENTITY.decode()}"]
    der = _openssl(how, private, message)
    r_size = der[3]
    r, s = der[4 : 4 + r_size], der[6 + r_size :]
    return int.from_bytes(r).to_bytes(32) + int.from_bytes(s).to_bytes(32)


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else b"\x82" + size.to_bytes(2)
    return bytes([tag]) + length + content


def _integer(value: int) -> bytes:
    return _der(2, value.to_bytes(value.bit_length() // 8 + 1))


def _pem(private: bytes) -> bytes:
    """SEC 1 with the name of the curve: what OpenSSL takes for an SM2 key. It computes the public key itself."""
    der = _der(0x30, _der(2, b"\1") + _der(4, private) + _der(0xA0, _CURVE))
    lines = base64_of(der)
    folded = "\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    return f"-----BEGIN EC PRIVATE KEY-----\n{folded}\n-----END EC PRIVATE KEY-----\n".encode()


def _openssl(how: list[str], private: bytes, content: bytes) -> bytes:
    """One operation with a private key; neither key nor content touches a disk."""
    program = shutil.which("openssl")
    if program is None:
        raise NoProgram("openssl is not installed")
    reading, writing = os.pipe()
    try:
        with os.fdopen(writing, "wb") as out:
            out.write(_pem(private))  # smaller than a pipe holds
        command = [program, "pkeyutl", *how, "-inkey", f"/dev/fd/{reading}", "-in", "/dev/stdin"]
        done = subprocess.run(
            command, input=content, capture_output=True, pass_fds=[reading], timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoProgram(f"openssl does not answer: {type(error).__name__}") from error
    finally:
        os.close(reading)
    if done.returncode != 0:
        raise ValueError(done.stderr.decode(errors="replace").strip()[:200])
    return done.stdout
