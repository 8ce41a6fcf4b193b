"""What a server computes of a gate's messages: row hashes, checkpoints, and signed commands.

By config/contract/README.md, whose headings its comments name. Needs Debian's python3-cryptography.
"""

import base64
import hashlib
import json
import re
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key


def sha256(data):
    return hashlib.sha256(data).digest()


# Hash chain

ABOUT_A_READING = {"gp:TemperatureHigh", "gp:TemperatureNotMeasured", "gp:TemperatureSensorFault"}
OF_THE_LOG = {"log.altered", "log.purged", "log.reset", "privacy.erased", "site.stooddown"}
SAME = ("datacontenttype", "epoch", "id", "prevhash", "sequence", "source", "specversion", "type")
OF_REDUCED = {*SAME, "commitments", "data", "dataschema", "salts", "time"}
OF_PASSAGES = re.compile(r"access\..*|credential\..*|(visitor|vehicle)\.registered|door\.physical")


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def parts_of(name, row):
    """Step 1: what is kept of `data`, and the parts that end."""
    own = "access" if OF_PASSAGES.fullmatch(name) else "operator"
    envelope = {member: value for member, value in row.items() if member not in OF_REDUCED or member == "time"}
    data = dict(row["data"])
    if name in OF_THE_LOG:
        return data, {own: {**envelope, "data": {}}}
    reason, reasons = data.pop("reason", None), data.get("reasons", [])
    reading = {"screening": data.pop("screening")} if "screening" in data else {}
    if reason in ABOUT_A_READING:
        reading["reason"] = reason
    if ABOUT_A_READING.intersection(reasons):
        reading["reasons"] = reasons
        rest = [one for one in reasons if one not in ABOUT_A_READING]
        data["reasons"] = [] if reason in ABOUT_A_READING else rest
    if "item" in data and "passage" in data:
        reading["item"] = data.pop("item")
    kept = {} if reason is None or reason in ABOUT_A_READING else {"reason": reason}
    return kept, {own: {**envelope, "data": data}, "reading": reading}


def row_hash(row):
    """The hash of a row, or None where only the gate can compute it (rows of versions without parts)."""
    entries = [entry.split("=", 1) for entry in row.get("salts", "").split()]
    if not entries:
        whole = "commitments" in row or not {"passId", "holderRef", "screening", "unreadable"} & set(row["data"])
        return sha256(b"\0" + canonical(row).encode()) if whole else None
    kept, parts = parts_of(row["type"][len("io.gatepost.") : -len(".v1")], row)
    known = dict(entry.split("=", 1) for entry in row.get("commitments", "").split())
    for part, salt in entries:  # Step 2
        text = part + canonical(parts.get(part, {}))
        known[part] = sha256(base64.urlsafe_b64decode(salt + "==") + text.encode()).hex()
    reduced = {member: row[member] for member in SAME}  # Step 3
    reduced["commitments"] = " ".join(f"{part}={known[part]}" for part in sorted(known))
    reduced["data"] = kept
    reduced["dataschema"] = "urn:gatepost:event:reduced:v1"
    reduced["time"] = row["time"][:13] + ":00:00.000Z"
    return sha256(b"\0" + canonical(reduced).encode())


# Log checkpoints


def tree_root(hashes):
    """RFC 6962 2.1, over leaves that are hashed already."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else sha256(b"")
    left = 1 << ((len(hashes) - 1).bit_length() - 1)
    return sha256(b"\1" + tree_root(hashes[:left]) + tree_root(hashes[left:]))


def read_checkpoint(note, public_key):
    """Origin, size and root of a note that this key has signed; None of any other."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if len(lines) < 4 or not re.fullmatch("[0-9]{1,16}", lines[1]):
        return None
    origin = lines[0]
    key_hash = sha256(origin.encode() + b"\n\1" + public_key)[:4]
    for line in signatures.splitlines():
        _, name, value = (line.split(" ") + ["", ""])[:3]
        value = base64.b64decode(value)
        if name != origin or value[:4] != key_hash:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(value[4:], text.encode())
            return origin, int(lines[1]), base64.b64decode(lines[2])
        except InvalidSignature:
            return None
    return None


# Commands


def cbor(value):
    """Canonical CBOR of whole numbers, bytes, text, lists and maps (RFC 8949 4.2.1)."""

    def head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        size = next(size for size in (1, 2, 4, 8) if number < 1 << (8 * size))
        return bytes([major << 5 | 23 + size.bit_length()]) + number.to_bytes(size, "big")

    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    entries = sorted((cbor(key), cbor(one)) for key, one in value.items())
    return head(5, len(entries)) + b"".join(key + one for key, one in entries)


class CommandKey:
    def __init__(self, file):
        with open(file, "rb") as pem:
            self.private = load_pem_private_key(pem.read(), None)
        public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.kid = sha256(public)[:4]

    def command(self, scope, verb, arguments, counter, now=None):
        now = int(time.time()) if now is None else now
        protected = cbor({1: -19, 4: self.kid})
        payload = cbor({1: scope, 2: verb, 3: arguments, 4: counter, 5: now, 6: now + 30})
        signed = cbor(["Signature1", protected, b"gatepost-command/1", payload])
        return cbor([protected, {}, payload, self.private.sign(signed)])
