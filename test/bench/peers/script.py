"""A gate of one page in Python, as one writes it who knows how: the same as script.child.ts.

A line comes from pyserial, the pass's signature is verified, one row is committed durably, one file is written, one
message is published. Settings as JSON are its only argument (ScriptSettings in script.child.ts).
"""
import json
import os
import sqlite3
import sys
import threading
import time
import uuid

import paho.mqtt.client as mqtt
import serial
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

RELEASE_S = 0.2
ALPHABET = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")}
FRAME_HEADER = b"\x5a\x5a\x45\x04"
FRAME_BYTES = 9

settings = json.loads(sys.argv[1])
issuer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(settings["issuerKey"]))
object_c = None


def base45(text):
    out = bytearray()
    values = [ALPHABET[char] for char in text]
    for at in range(0, len(values) - 2, 3):
        out += (values[at] + 45 * values[at + 1] + 2025 * values[at + 2]).to_bytes(2, "big")
    if len(values) % 3 == 2:
        out.append(values[-2] + 45 * values[-1])
    return bytes(out)


def verified(text):
    """Hex of the claims; None for what the issuer did not sign."""
    if not text.startswith("GP1:"):
        return None
    try:
        code = base45(text[4:])
        payload = code[12:-66]
        issuer.verify(code[-64:], b"\x84\x6aSignature1" + code[1:11] + b"\x4agatepass/1" + payload)
    except (InvalidSignature, KeyError, OverflowError, ValueError):
        return None
    return payload.hex()


def write(level):
    file = os.open(settings["levelFile"], os.O_WRONLY | os.O_CREAT, 0o644)
    os.write(file, level)
    os.close(file)


def read_thermometer():
    global object_c
    port = serial.Serial(settings["thermometer"], 9600)
    frames = b""
    while True:
        frames += port.read(port.in_waiting or 1)
        while (at := frames.find(FRAME_HEADER)) >= 0 and len(frames) >= at + FRAME_BYTES:
            frame = frames[at:at + FRAME_BYTES]
            if sum(frame[:-1]) & 0xff == frame[-1]:
                object_c = int.from_bytes(frame[4:6], "big", signed=True) / 100
            frames = frames[at + FRAME_BYTES:]


def on_pass(text):
    claims = verified(text)
    if claims is None:
        return
    body = json.dumps({
        "id": str(uuid.uuid4()), "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "type": "access.granted", "claims": claims, "objectC": object_c,
    }).ljust(settings["rowBytes"])
    database.execute("INSERT INTO event (body) VALUES (?)", (body,))
    write(b"1\n")
    client.publish(settings["topic"], body, qos=1)
    threading.Timer(RELEASE_S, write, (b"0\n",)).start()


database = sqlite3.connect(settings["database"], isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE IF NOT EXISTS event (sequence INTEGER PRIMARY KEY, body TEXT NOT NULL)")
versions = getattr(mqtt, "CallbackAPIVersion", None)
client = mqtt.Client(versions.VERSION2) if versions else mqtt.Client()
client.connect("127.0.0.1", settings["brokerPort"])
client.loop_start()
write(b"0\n")
threading.Thread(target=read_thermometer, daemon=True).start()
scanner = serial.Serial(settings["scanner"], 9600)
print("The gate is ready", flush=True)
line = b""
while True:
    # All that is there at once: read_until() would ask the kernel for each byte.
    line += scanner.read(scanner.in_waiting or 1)
    if line.endswith(b"\r"):
        on_pass(line[:-1].decode("latin-1"))
        line = b""
