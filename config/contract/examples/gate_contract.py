"""What a server computes of a gate's messages: row hashes, the tree, a checkpoint's signature, a signed command.

Each comment names the heading of the gate's page (the contract's README.md) that it stands on.
"""
import base64
import hashlib
import json
import math
import re
import time
from decimal import Decimal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LARGEST = 2 ** 53 - 1  # "Reading the feed": numbers go up to here
# "Hash chain"
READING_REASONS = ("gp:TemperatureHigh", "gp:TemperatureNotMeasured", "gp:TemperatureSensorFault")
IN_NO_PART = ("commitments", "datacontenttype", "dataschema", "epoch", "id", "prevhash", "salts", "sequence", "source",
              "specversion", "type")
ALL_KEPT = ("log.altered", "log.purged", "log.reset", "privacy.erased", "site.stooddown")
CLASSES = ("access", "operator")
PERSONAL_BEFORE = ("passId", "holderRef", "screening", "unreadable")
REDUCED_SCHEMA = "urn:gatepost:event:reduced:v1"
SALT = re.compile(r"([a-z]+)=([A-Za-z0-9_-]{22})")
COMMITMENT = re.compile(r"([a-z]+)=([0-9a-f]{64})")
# "The form of a note"
SIGNED_LINES = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*")
SIGNATURE_LINE = re.compile(r"\u2014 ([^ \n]+) ([A-Za-z0-9+/]+={0,2})")
NOTE_LIMIT = 64 * 1024


class NotTheHashedForm(ValueError):
    """The row is not in the form that was hashed: `salts` and `commitments` do not name exactly its parts."""


def canonical(value) -> str:
    """Canonical JSON as RFC 8785 writes it. ValueError for what it cannot write (NaN, infinity)."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join([canonical(name) + ":" + canonical(value[name]) for name in names]) + "}"
    if isinstance(value, list):
        return "[" + ",".join([canonical(item) for item in value]) + "]"
    if isinstance(value, float) or isinstance(value, int) and abs(value) > LARGEST:
        return _double(value)
    return json.dumps(value, ensure_ascii=False)


def _double(value) -> str:
    """A number as ECMAScript writes it: the shortest digits that read back as the same double."""
    if not math.isfinite(value):
        raise ValueError("no number of JSON")
    value = float(value)
    if value == 0:
        return "0"
    if 1e-6 <= abs(value) < 1e21:
        return format(Decimal(repr(value)).normalize(), "f")
    return re.sub("e([+-])0", r"e\1", repr(value))


def row_hash(row: dict):
    """The hash of an event row, whole or reduced ("Hash chain"); None where only the gate can compute it.

    NotTheHashedForm (a ValueError) where a row that names its parts does not have exactly those.
    """
    kind, data = row.get("type"), row.get("data")
    if not isinstance(kind, str) or not kind.endswith(".v1"):
        return None  # "What a server is asked", chain-broken: of other versions no hash is known
    if "salts" in row or "commitments" in row:
        row = _reduced(row, kind[:-len(".v1")].removeprefix("io.gatepost."))
    elif isinstance(data, dict) and any(name in data for name in PERSONAL_BEFORE):
        return None  # a row of versions before: its salt stays at the gate
    return hashlib.sha256(b"\0" + _hashed(row)).digest()


def _hashed(value) -> bytes:
    try:
        return canonical(value).encode()
    except (ValueError, OverflowError, RecursionError) as error:  # 1e400, half a surrogate pair, depth
        raise NotTheHashedForm("nothing that RFC 8785 writes") from error


def _reduced(row: dict, name: str) -> dict:
    salts, gone = _named(row, "salts", SALT), _named(row, "commitments", COMMITMENT)
    class_name = next((one for one in CLASSES if one in {**salts, **gone}), None)
    data, moment = row.get("data"), row.get("time")
    if not isinstance(data, dict) or not isinstance(moment, str):
        raise NotTheHashedForm("no data, or no time")
    kept, of_class, reading = _split(data, name, "screening" in salts or "screening" in gone)
    of_class = {member: row[member] for member in row if member not in IN_NO_PART} | {"data": of_class}
    parts = {class_name: of_class, **reading}
    hour = moment[:13] + ":00:00.000Z"
    if class_name in gone:  # then the hour and what is kept is all that is left
        if of_class != {"time": hour, "data": {}} or row.get("dataschema") != REDUCED_SCHEMA:
            raise NotTheHashedForm("its class is gone, but not all of it")
        del parts[class_name]
    if set(parts) != set(salts) or set(salts) & set(gone) or class_name not in {*salts, *gone} \
            or not set(gone) <= {class_name, "reading", "screening"}:
        raise NotTheHashedForm("salts and commitments do not name its parts")
    for part, salt in salts.items():
        salted = base64.urlsafe_b64decode(salt + "==") + part.encode() + _hashed(parts[part])
        gone[part] = hashlib.sha256(salted).hexdigest()
    reduced = {member: row[member] for member in IN_NO_PART if member in row and member != "salts"}
    return reduced | {"commitments": " ".join(f"{part}={gone[part]}" for part in sorted(gone)), "data": kept,
                      "dataschema": REDUCED_SCHEMA, "time": hour}


def _named(row: dict, member: str, form) -> dict:
    """`salts` or `commitments` as {name of the part: text}; both are sorted and name nothing twice."""
    if member not in row:
        return {}
    items = row[member].split(" ") if isinstance(row[member], str) else [""]
    found = [form.fullmatch(item) for item in items]
    if not all(found) or items != sorted(items) or len({match[1] for match in found}) < len(items):
        raise NotTheHashedForm(member)
    return {match[1]: match[2] for match in found}


def _split(data: dict, name: str, of_before: bool):
    """`data` in three: what is kept, what goes with the class, and the part of the reading, if there is one."""
    if name in ALL_KEPT:
        return data, {}, {}
    kept, of_class, reading = {}, dict(data), {}
    if "screening" in data:
        reading["screening"] = of_class.pop("screening")
    if "reason" in data:
        about_reading = not of_before and data["reason"] in READING_REASONS
        (reading if about_reading else kept)["reason"] = of_class.pop("reason")
    if of_before:  # builds that had no version yet: the part is the value alone
        return kept, of_class, reading
    reasons = data.get("reasons")
    if isinstance(reasons, list) and any(reason in READING_REASONS for reason in reasons):
        reading["reasons"] = reasons
        of_class["reasons"] = [] if "reason" in reading else [one for one in reasons if one not in READING_REASONS]
    if "item" in data and "passage" in data:
        reading["item"] = of_class.pop("item")
    return kept, of_class, {"reading": reading} if reading else {}


def tree_root(hashes) -> bytes:
    """"Log checkpoints": the root of the Merkle tree over leaf hashes (RFC 6962 2.1)."""
    level = list(hashes) or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        above = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = above + level[len(level) & ~1:]  # one without a neighbour goes up as it is
    return level[0]


def read_checkpoint(note, public_key: bytes):
    """"The form of a note": (origin, size, root) of a note that this key has signed, else None."""
    if not isinstance(note, str) or len(note) > NOTE_LIMIT:
        return None
    above, _, below = note.partition("\n\n")
    signed = SIGNED_LINES.fullmatch(above + "\n")
    lines = [SIGNATURE_LINE.fullmatch(line) for line in below.split("\n")[:-1]]
    if not signed or not below.endswith("\n") or not all(lines) or int(signed[2]) > LARGEST:
        return None
    origin, ours = signed[1], False
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key_id = hashlib.sha256(origin.encode() + b"\n\x01" + public_key).digest()[:4]
        for name, text in [line.groups() for line in lines]:
            signature = base64.b64decode(text)
            if name == origin and signature[:4] == key_id:  # others are passed over
                key.verify(signature[4:], signed[0].encode())
                ours = True
        return (origin, int(signed[2]), base64.b64decode(signed[3])) if ours else None
    except (InvalidSignature, ValueError, TypeError):  # one of this key that does not hold: the note is worthless
        return None


def cbor(value) -> bytes:
    """Canonical CBOR (RFC 8949 4.2.1), as far as a command needs it."""
    if isinstance(value, int):
        return _cbor_head(0, value) if value >= 0 else _cbor_head(1, -1 - value)
    if isinstance(value, bytes):
        return _cbor_head(2, len(value)) + value
    if isinstance(value, str):
        return _cbor_head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _cbor_head(4, len(value)) + b"".join(map(cbor, value))
    return _cbor_head(5, len(value)) + b"".join(sorted(cbor(key) + cbor(item) for key, item in value.items()))


def _cbor_head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    size = next(size for size in range(4) if number < 1 << (8 << size))
    return bytes([major << 5 | 24 + size]) + number.to_bytes(1 << size, "big")


class CommandKey:
    """A key that may give commands ("Commands"): Ed25519, as a PEM file without a password."""

    def __init__(self, pem_file):
        with open(pem_file, "rb") as file:
            self._key = serialization.load_pem_private_key(file.read(), password=None)
        public = self._key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.kid = hashlib.sha256(public).digest()[:4]

    def command(self, scope: str, verb: str, arguments: dict, counter: int, now=None) -> bytes:
        """A COSE_Sign1 that is good for 30 s from `now` (Unix seconds) on."""
        not_before = int(time.time() if now is None else now)
        protected = cbor({1: -19, 4: self.kid})
        payload = cbor({1: scope, 2: verb, 3: arguments, 4: counter, 5: not_before, 6: not_before + 30})
        signature = self._key.sign(cbor(["Signature1", protected, b"gatepost-command/1", payload]))
        return cbor([protected, {}, payload, signature])
