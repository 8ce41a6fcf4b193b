#!/usr/bin/python3
"""A server that reads gates: an example to read and copy. All it knows is the gate's page (the contract's README.md).

It keeps everything in one SQLite file and may be killed at any time. Comments name the heading that they stand on.
Needs python3-paho-mqtt (1.6 or 2) and python3-cryptography.
"""
import argparse
import bisect
import http.server
import json
import re
import secrets
import select
import sqlite3
import sys
import threading
import time
import traceback
from urllib.parse import parse_qs, unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

import gate_contract as contract

ALARMS = ("two-gates", "chain-broken", "epoch-changed", "went-back", "altered", "checkpoint-not-signed",
          "checkpoint-inconsistent", "unsynced-clock", "malformed")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SEQUENCE, HASH = re.compile(r"[0-9]{16}"), re.compile(r"[0-9a-f]{64}")
TYPE = re.compile(r"io\.gatepost\.\S+\.v[0-9]+")
TIME = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{3}Z")
EVENT_LIMIT = 256 * 1024         # "What a server is asked", aside: what has more is not kept
MESSAGE_LIMIT = 256 * 1024       # of all other messages; what has more is not looked at
PACKET_LIMIT = 16 * 1024 * 1024  # the broker is asked to send none that is larger
GATE_LIMIT = 10_000              # whoever may write at the broker can invent gates
SESSION_SECONDS = 7 * 24 * 3600
NEAR = 64                        # "How a server closes a gap", 3: gaps so near to each other are one request
FOR_A_PERSON = ("unknown_key", "signature_invalid", "wrong_place", "unknown_verb", "not_allowed", "clock_untrusted")

SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS gates (id INTEGER PRIMARY KEY, site TEXT, gate TEXT, counter INTEGER DEFAULT 0,
    conn_epoch TEXT DEFAULT '', conn_since TEXT DEFAULT '', UNIQUE (site, gate));
CREATE TABLE IF NOT EXISTS epochs (id INTEGER PRIMARY KEY, gate INTEGER, epoch TEXT, begin INTEGER DEFAULT 0,
    previous TEXT DEFAULT '', reset INTEGER DEFAULT 0, ended INTEGER, last INTEGER DEFAULT 0,
    last_recorded TEXT DEFAULT '', unsynced INTEGER DEFAULT 0, UNIQUE (gate, epoch));
CREATE TABLE IF NOT EXISTS events (epoch INTEGER, sequence INTEGER, id TEXT, hash BLOB, prev BLOB, body BLOB,
    PRIMARY KEY (epoch, sequence));
CREATE TABLE IF NOT EXISTS ranges (epoch INTEGER, kind TEXT, first INTEGER, last INTEGER,
    PRIMARY KEY (epoch, kind, first)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS boots (epoch INTEGER, boot TEXT, first INTEGER, last INTEGER, PRIMARY KEY (epoch, boot));
CREATE INDEX IF NOT EXISTS boots_in_order ON boots (epoch, first);
CREATE TABLE IF NOT EXISTS alarms (gate INTEGER, word TEXT, PRIMARY KEY (gate, word));
CREATE TABLE IF NOT EXISTS checkpoints (gate INTEGER, epoch TEXT, size INTEGER, root BLOB, note TEXT, looked_at INTEGER,
    PRIMARY KEY (gate, epoch, size, root));
"""


# ---- Ranges: lists of (first, last), both ends included, in order, apart from each other ----

def union(*lists):
    result = []
    for first, last in sorted(one for ranges in lists for one in ranges):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def without(ranges, others):
    result = []
    for first, last in ranges:
        for at in range(bisect.bisect_left(others, (first,)) - 1, len(others)):
            if at >= 0 and others[at][0] > last:
                break
            if at >= 0 and others[at][1] >= first:
                result.append((first, others[at][0] - 1))
                first = others[at][1] + 1
        result.append((first, last))
    return [(first, last) for first, last in result if first <= last]


def cut(ranges, first, last):
    return [(max(a, first), min(b, last)) for a, b in ranges if a <= last and b >= first]


# ---- Forms of what comes from the network ----

def parse_object(payload):
    """A JSON object from any bytes; {} for everything else."""
    def number(digits):  # Python refuses to read very long ones; as doubles they are infinite
        return int(digits) if len(digits) < 400 else float(digits)
    try:
        value = json.loads(payload.decode(), parse_int=number, parse_constant=lambda word: int(word))  # NaN: ValueError
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def is_number(value, least=0):
    return type(value) is int and least <= value <= contract.LARGEST


def is_text(value, form):
    return isinstance(value, str) and form.fullmatch(value) is not None


def is_event(row, site, gate):
    """"What a server is asked", malformed: what makes something on evt/ no event of this gate."""
    forms = {"epoch": UUID, "sequence": SEQUENCE, "id": UUID, "prevhash": HASH, "type": TYPE, "time": TIME}
    return all(is_text(row.get(member), form) for member, form in forms.items()) \
        and row.get("source") == f"/gates/{site}/{gate}" and is_number(int(row["sequence"]), 1)


def ranges_of(value):
    """Ranges in a gate's message: {"first": 3, "last": 6}. What has another form is passed over."""
    pairs = [(item.get("first"), item.get("last")) for item in value if isinstance(item, dict)] \
        if isinstance(value, list) else []
    return union((a, b) for a, b in pairs if is_number(a, 1) and is_number(b, a))


class Store:
    """The SQLite file: what is held, and what follows from it. Each question by HTTP has one of its own to read."""

    def __init__(self, file):
        self.db = sqlite3.connect(file, isolation_level=None, timeout=10)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA synchronous = FULL")
        self.one = lambda sql, *values: self.db.execute(sql, values).fetchone()
        self.all = lambda sql, *values: self.db.execute(sql, values).fetchall()
        self.run = lambda sql, *values: self.db.execute(sql, values).rowcount

    def gate(self, site, gate):
        return self.one("SELECT * FROM gates WHERE site = ? AND gate = ?", site, gate)

    def epoch(self, gate, epoch):
        return self.one("SELECT * FROM epochs WHERE gate = ? AND epoch = ?", gate["id"], epoch)

    def add_range(self, epoch, kind, first, last):
        """Adds numbers to those of a kind (held, aside, purged, altered); what touches them becomes one range."""
        touched = self.all("SELECT * FROM (SELECT * FROM ranges WHERE epoch = ?1 AND kind = ?2 AND first < ?3 ORDER BY"
                           " first DESC LIMIT 1) WHERE last >= ?3 - 1 UNION ALL SELECT * FROM ranges"
                           " WHERE epoch = ?1 AND kind = ?2 AND first BETWEEN ?3 AND ?4 + 1", epoch, kind, first, last)
        for one in touched:
            self.run("DELETE FROM ranges WHERE epoch = ? AND kind = ? AND first = ?", epoch, kind, one["first"])
        first, last = min([first, *(one["first"] for one in touched)]), max([last, *(one["last"] for one in touched)])
        self.run("INSERT INTO ranges VALUES (?, ?, ?, ?)", epoch, kind, first, last)

    def ranges(self, row):
        result = {"held": [], "aside": [], "purged": [], "altered": []}
        for one in self.all("SELECT * FROM ranges WHERE epoch = ? ORDER BY first", row["id"]):
            result[one["kind"]].append((one["first"], one["last"]))
        return result

    def epochs(self, gate):
        """"What a server is asked", epochs: each behind its previousEpoch, otherwise in the order of hearing."""
        heard = {row["epoch"]: row for row in self.all("SELECT * FROM epochs WHERE gate = ? ORDER BY id", gate["id"])}
        placed = {}
        for row in heard.values():
            line = {}
            while row and row["epoch"] not in placed and row["epoch"] not in line:
                line[row["epoch"]] = row
                row = heard.get(row["previous"])
            placed.update(reversed(line.items()))
        return list(placed.values())

    def present(self, gate):
        """"Reading the feed": the epoch of the youngest state/conn, or what a log.reset says has followed it."""
        epochs = self.epochs(gate)
        after = {row["previous"]: row for row in epochs if row["previous"]}
        row = self.epoch(gate, gate["conn_epoch"]) or (epochs[-1] if epochs else None)
        while row and row["epoch"] in after:
            row = after.pop(row["epoch"])  # each once: whoever writes at the broker may have made a circle
        return row

    def missing(self, row, ranges=None):
        """"How a server closes a gap", 2: the gaps of an epoch, and the number up to which nothing is missing."""
        if not row["begin"]:
            return [], 0
        there = union(*(ranges or self.ranges(row)).values())
        gaps = without([(row["begin"], max(row["last"], row["ended"] or 0))], there)
        return gaps, without([(row["begin"], contract.LARGEST + 1)], there)[0][0] - 1

    def receipt(self, gate):
        """"Receipts": of the oldest epoch that has a gap, else of the present one; None where nothing is known."""
        present = self.present(gate)
        for row in self.epochs(gate):
            gaps, up_to = self.missing(row)
            if gaps or row["id"] == present["id"]:
                return {"epoch": row["epoch"], "upTo": up_to} if row["begin"] else None
        return None

    def answer(self, gate, epoch=None):
        """"What a server is asked": what is believed of one epoch; None where that is not known."""
        row = self.epoch(gate, epoch) if epoch is not None else self.present(gate)
        if row is None and epoch is not None:
            return None
        row = row or {"id": 0, "epoch": "", "begin": 0, "last": 0}
        words = [alarm["word"] for alarm in self.all("SELECT word FROM alarms WHERE gate = ?", gate["id"])]
        ranges = self.ranges(row)
        came = union(ranges["held"], ranges["aside"])
        gaps, up_to = self.missing(row, ranges)
        events = sum(last - first + 1 for first, last in cut(ranges["held"], row["begin"], contract.LARGEST))
        return {"site": gate["site"], "gate": gate["gate"], "epoch": row["epoch"],
                "epochs": [one["epoch"] for one in self.epochs(gate)], "begin": row["begin"], "upTo": up_to,
                "last": row["last"], "events": events, "gaps": gaps, "purged": without(ranges["purged"], came),
                "altered": without(ranges["altered"], came), "aside": ranges["aside"],
                "alarms": sorted(words, key=ALARMS.index)}


class Watch:
    """What is remembered of a gate while the program runs; after a start it begins anew."""

    def __init__(self):
        self.look_at = 0.0       # when it is looked at again, by time.monotonic(); 0: something has come
        self.asking = None       # the replay that has no answer yet: a gate runs one for each key
        self.waits = []          # (epoch, first, last, until, how often): what is not asked for again yet
        self.tail = (0, 0, 0.0)  # epoch and lastSeq of state/conn, and when what has not come may be asked for
        self.told_gaps = {}      # by epoch
        self.counter = 0         # the last one of our key, as state/conn names it
        self.receipt, self.receipt_at = None, 0.0


class Reader(Store):
    def __init__(self, options):
        self.options = options
        self.gate_keys = {name: bytes.fromhex(key) for name, key in (one.split("=") for one in options.gate_key)}
        self.key = contract.CommandKey(options.command_key) if options.command_key else None
        self.word = re.sub(r"[^A-Za-z0-9_-]", "_", options.client_id)  # "Reading the feed", 2: rsp/<a word of its own>
        super().__init__(options.store)
        self.db.executescript(SCHEMA)
        self.watches = {row["id"]: Watch() for row in self.all("SELECT id FROM gates")}
        self.lines = []  # printed when what they tell is on disk
        self.connected, self.storing = False, True

    def tell(self, gate, told, **more):
        self.lines.append({"gate": f"{gate['site']}/{gate['gate']}", "told": told} | more)

    def alarm(self, gate, word):
        if self.run("INSERT OR IGNORE INTO alarms VALUES (?, ?)", gate["id"], word):
            self.tell(gate, "alarm", word=word)

    def take(self, message):
        """Judges one message. Only what the store says against it leaves here: then it is not acknowledged."""
        self.run("SAVEPOINT message")
        try:
            self.judge(message)
        except sqlite3.Error:
            raise
        except Exception:  # a slip of this program: the broker must not bring it again for ever
            traceback.print_exc()
            self.run("ROLLBACK TO message")
        self.run("RELEASE message")

    def judge(self, message):
        _, _, site, name, topic = message.topic.split("/", 4)
        payload, properties = message.payload, message.properties
        gate = self.gate(site, name)
        if not payload or not gate and self.one("SELECT count(*) FROM gates")[0] >= GATE_LIMIT:
            return  # "Reading the feed": pass over what is empty
        if not gate:
            self.run("INSERT INTO gates (site, gate) VALUES (?, ?)", site, name)
            gate = self.gate(site, name)
        watch = self.watches.setdefault(gate["id"], Watch())
        watch.look_at = 0.0
        if topic.startswith("evt/"):
            self.event(gate, watch, payload, ("historical", "true") in getattr(properties, "UserProperty", []))
        elif topic == "checkpoint":
            self.checkpoint(gate, parse_object(payload[:MESSAGE_LIMIT]))
        elif topic == "state/conn":
            self.conn(gate, watch, parse_object(payload[:MESSAGE_LIMIT]))
        elif topic == "rsp/" + self.word and watch.asking \
                and getattr(properties, "CorrelationData", None) == watch.asking["correlation"]:
            self.reply(gate, watch, parse_object(payload[:MESSAGE_LIMIT]))

    def hear(self, gate, epoch):
        """The row of an epoch, which may be new."""
        self.run("INSERT OR IGNORE INTO epochs (gate, epoch) VALUES (?, ?)", gate["id"], epoch)
        return self.epoch(gate, epoch)

    def event(self, gate, watch, payload, historical):
        row = parse_object(payload)
        if not is_event(row, gate["site"], gate["gate"]):
            return self.alarm(gate, "malformed")
        number, prev, row_hash = int(row["sequence"]), bytes.fromhex(row["prevhash"]), None
        try:
            row_hash = contract.row_hash(row)
        except contract.NotTheHashedForm:
            self.alarm(gate, "chain-broken")
        epoch = self.hear(gate, row["epoch"])
        if watch.asking and watch.asking["epoch"] == epoch["epoch"] \
                and watch.asking["first"] <= number <= watch.asking["last"]:
            watch.asking["sign"] = time.monotonic()
        held = self.one("SELECT id, hash FROM events WHERE epoch = ? AND sequence = ?", epoch["id"], number)
        if held:  # "Reading the feed", duplicates: the same id and row hash, or another gate. What came first stays
            if held["id"] != row["id"] or None not in (held["hash"], row_hash) and held["hash"] != row_hash:
                self.alarm(gate, "two-gates")
            return None
        if not row["type"].endswith(".v1"):
            prev = None  # nothing is said of it, nor of the link behind it
        aside = len(payload) > EVENT_LIMIT  # all text is kept: as bytes, a BLOB takes it
        self.run("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", epoch["id"], number, row["id"], row_hash, prev,
                 None if aside else payload)
        self.add_range(epoch["id"], "aside" if aside else "held", number, number)
        if number > epoch["last"]:
            recorded = row["recordedtime"] if is_text(row.get("recordedtime"), TIME) else ""
            self.run("UPDATE epochs SET last = ?, last_recorded = ?, unsynced = ? WHERE id = ?", number, recorded,
                     row.get("timequality") == "unsynced", epoch["id"])
        self.look_at_link(gate, epoch, number, prev, row_hash)
        if aside:
            self.alarm(gate, "malformed")
        else:
            self.tell(gate, "event", sequence=number, type=row["type"], historical=historical)
            self.look_at_boot(gate, epoch, number, row.get("bootid"))
            data = row.get("data") if isinstance(row.get("data"), dict) else {}
            if row["type"] == "io.gatepost.log.reset.v1" and not epoch["reset"]:
                self.log_reset(gate, epoch, number, data)
            elif row["type"] == "io.gatepost.log.altered.v1":
                self.alarm(gate, "altered")
                for first, last in cut(ranges_of([data]), 1, number - 1):  # it names rows that were before it
                    self.add_range(epoch["id"], "altered", first, last)
        return None

    def look_at_link(self, gate, epoch, number, prev, row_hash):
        """chain-broken: prevhash is the row hash of the number before, 64 zeros before the number 1."""
        near = {one["sequence"]: one for one in self.all(
            "SELECT * FROM events WHERE epoch = ? AND sequence IN (?, ?)", epoch["id"], number - 1, number + 1)}
        before = bytes(32) if number == 1 else near[number - 1]["hash"] if number - 1 in near else None
        after = near[number + 1]["prev"] if number + 1 in near else None
        if None not in (before, prev) and before != prev or None not in (row_hash, after) and row_hash != after:
            self.alarm(gate, "chain-broken")

    def look_at_boot(self, gate, epoch, number, boot):
        """two-gates: numbers of one bootid between those of another. So none may reach into its neighbours."""
        if not is_text(boot, UUID):
            return  # of a reduced row it is gone
        self.run("INSERT INTO boots VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET first = min(first,"
                 " excluded.first), last = max(last, excluded.last)", epoch["id"], boot, number, number)
        mine = self.one("SELECT * FROM boots WHERE epoch = ? AND boot = ?", epoch["id"], boot)
        before = self.one("SELECT max(first), last FROM boots WHERE epoch = ? AND first < ?", epoch["id"],
                          mine["first"])
        after = self.one("SELECT min(first) FROM boots WHERE epoch = ? AND first > ?", epoch["id"], mine["first"])
        if (before["last"] or 0) > mine["first"] or (after[0] or mine["last"]) < mine["last"]:
            self.alarm(gate, "two-gates")

    def log_reset(self, gate, epoch, number, data):
        """"A log that went back": the first event of an epoch, which ends the one before."""
        previous, end = data.get("previousEpoch"), data.get("previousSequence")
        if not is_text(previous, UUID) or previous == epoch["epoch"]:
            previous = ""
        self.run("UPDATE epochs SET reset = ?1, previous = ?2, begin = iif(begin, begin, ?1) WHERE id = ?3", number,
                 previous, epoch["id"])
        if previous:
            end = end if is_number(end) else 0
            if number > 1 or data.get("cause") not in ("new log", "lost", "damaged"):  # any other is `restored`
                end = min(end, number - 1)
            self.run("UPDATE epochs SET ended = ifnull(ended, ?), begin = iif(begin, begin, 1) WHERE id = ?", end,
                     self.hear(gate, previous)["id"])

    def conn(self, gate, watch, state):
        """"The connection": which epoch is the present one, where it begins and how far it has come."""
        since, last, commands = state.get("since"), state.get("lastSeq"), state.get("commands")
        if not is_text(state.get("epoch"), UUID) or not is_text(since, TIME):
            return
        row = self.hear(gate, state["epoch"])
        if not row["begin"] and is_number(state.get("firstSeq"), 1):
            self.run("UPDATE epochs SET begin = ? WHERE id = ?", state["firstSeq"], row["id"])
        if state.get("state") == "init" and is_number(last) and last < row["last"] \
                and since > row["last_recorded"] > "":
            self.alarm(gate, "went-back")
        if since < gate["conn_since"]:
            return
        self.run("UPDATE gates SET conn_epoch = ?, conn_since = ? WHERE id = ?", row["epoch"], since, gate["id"])
        if state.get("state") == "init" and since > gate["conn_since"]:
            watch.asking = None  # "How a server closes a gap", 5: the gate's restart has ended the replay
        if is_number(last):
            watch.tail = (row["id"], last, time.monotonic() + 15)
        counter = commands.get(self.key.kid.hex()) if self.key and isinstance(commands, dict) else None
        if is_number(counter) and counter < (time.time() + 366 * 86400) * 1000:  # a forged one must not use all up
            watch.counter = counter

    def checkpoint(self, gate, state):
        """"Log checkpoints": is it of this gate and signed, does it fit the others? The rows are looked at later."""
        name, epoch, size, note = f"{gate['site']}/{gate['gate']}", *map(state.get, ("epoch", "size", "note"))
        key = self.gate_keys.get(name, self.gate_keys.get("*"))
        origin = f"gatepost/{name}/{epoch}"
        signed = contract.read_checkpoint(note, key) if key else (origin, size, b"")  # who has signed it nobody knows
        if not is_text(epoch, UUID) or not is_number(size) or signed is None or signed[:2] != (origin, size) \
                or not str(note).startswith(f"{origin}\n{size}\n"):
            return self.alarm(gate, "checkpoint-not-signed")
        known = self.all("SELECT size, root FROM checkpoints WHERE gate = ? AND epoch = ? AND size >= ?",
                         gate["id"], epoch, size)
        if not key or (size, signed[2]) in map(tuple, known):
            return None  # it may come again
        self.run("INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)", gate["id"], epoch, size, signed[2], note,
                 bool(known))
        if known:  # a smaller size later, or another root of the same
            self.alarm(gate, "checkpoint-inconsistent")
            self.tell(gate, "checkpoint", epoch=epoch, agrees=False)
        return None

    def compare(self, gate, row, up_to):
        """"Log checkpoints", 3: where nothing up to a checkpoint's size is missing, is its root that of the rows?"""
        first = row["reset"] or 1  # leaf 0 is the log.reset
        for one in self.all("SELECT rowid, * FROM checkpoints WHERE gate = ? AND epoch = ? AND looked_at = 0"
                            " AND size BETWEEN 1 AND ?", gate["id"], row["epoch"], up_to - first + 1):
            leaves = [leaf["hash"] for leaf in self.all("SELECT hash FROM events WHERE epoch = ? AND sequence BETWEEN"
                      " ? AND ? ORDER BY sequence", row["id"], first, first + one["size"] - 1)]
            self.run("UPDATE checkpoints SET looked_at = 1 WHERE rowid = ?", one["rowid"])
            if len(leaves) == one["size"] and None not in leaves:  # else some are not to be had, or only the gate can
                agrees = contract.tree_root(leaves) == one["root"]
                self.tell(gate, "checkpoint", epoch=row["epoch"], agrees=agrees)
                if not agrees:
                    self.alarm(gate, "checkpoint-inconsistent")

    def look(self, gate, watch, now):
        """What may have changed of a gate: gaps to tell and to ask for, checkpoints, its clock."""
        watch.look_at, wanted = float("inf"), []
        epochs, present = self.epochs(gate), self.present(gate)
        if len(epochs) > 1:
            self.alarm(gate, "epoch-changed")
        for row in epochs:
            if row["ended"] is not None and row["last"] > row["ended"]:
                self.alarm(gate, "went-back")
            gaps, up_to = self.missing(row)
            told = watch.told_gaps.get(row["id"], [])
            for first, last in without(gaps, told):
                self.tell(gate, "gap", epoch=row["epoch"], first=first, last=last)
            told = sorted(told + without(gaps, told))
            closed = [one for one in told if without([one], gaps) == [one]]
            for first, last in closed:
                self.tell(gate, "closed", epoch=row["epoch"], first=first, last=last)
            watch.told_gaps[row["id"]] = sorted(set(told) - set(closed))
            self.compare(gate, row, up_to)
            epoch, last, when = watch.tail
            if epoch == row["id"] and row["begin"] and last > max(row["last"], up_to):
                if now < when:
                    watch.look_at = when
                else:
                    gaps = gaps + [(max(row["last"], up_to) + 1, last)]
            wanted.append((row, gaps))
        if present and present["unsynced"]:
            self.alarm(gate, "unsynced-clock")
        else:  # this one goes by itself
            self.run("DELETE FROM alarms WHERE gate = ? AND word = 'unsynced-clock'", gate["id"])
        if self.key and self.connected:
            self.ask(gate, watch, wanted, now)

    def ask(self, gate, watch, wanted, now):
        """"How a server closes a gap", 3 and 5: one replay at a time, from the oldest epoch on."""
        if watch.asking and now < watch.asking["sign"] + 60:
            watch.look_at = min(watch.look_at, watch.asking["sign"] + 60)
            return
        watch.asking = None
        for row, gaps in wanted:
            later = [wait for wait in watch.waits if wait[0] == row["id"] and wait[3] > now]
            gaps = without(gaps, union(wait[1:3] for wait in later))
            watch.look_at = min([watch.look_at] + [wait[3] for wait in later])
            if gaps:
                break
        else:
            return
        first, last = gaps[0]
        for piece in gaps:
            last = piece[1] if piece[0] - last <= NEAR else last
        before = [wait for wait in watch.waits if wait[0] == row["id"] and wait[3] <= now and wait[1] <= last
                  and wait[2] >= first]
        watch.waits = [wait for wait in watch.waits if wait not in before and wait[3] > now - 3600]
        counter = max(int(time.time() * 1000), gate["counter"] + 1, watch.counter + 1)  # "Commands", how to send
        self.run("UPDATE gates SET counter = ? WHERE id = ?", counter, gate["id"])
        watch.asking = {"epoch": row["epoch"], "first": first, "last": last, "sign": now,
                        "correlation": secrets.token_bytes(16), "times": max([0] + [wait[4] for wait in before])}
        watch.look_at = min(watch.look_at, now + 60)
        name = f"{gate['site']}/{gate['gate']}"
        properties = Properties(PacketTypes.PUBLISH)
        properties.ResponseTopic = f"gates/v1/{name}/rsp/{self.word}"
        properties.CorrelationData = watch.asking["correlation"]
        properties.MessageExpiryInterval = 30
        arguments = {"epoch": row["epoch"], "from": first, "to": last}
        self.client.publish(f"gates/v1/{name}/cmd/replay", self.key.command(name, "replay", arguments, counter), qos=1,
                            properties=properties)

    def reply(self, gate, watch, state):
        """"How a server closes a gap", 4 and 5: the answer to what was asked of this gate, cut to what was asked."""
        asking, result, reason, now = watch.asking, state.get("result"), state.get("reason"), time.monotonic()
        asking["sign"] = now
        if result == "running":
            return
        row, first, last = self.epoch(gate, asking["epoch"]), asking["first"], asking["last"]
        seconds = min(5 * 2 ** asking["times"], 300)  # and later less often
        is_present = row["id"] == self.present(gate)["id"]
        purged, altered = [], []
        if result == "done":
            replay = state.get("replay") if isinstance(state.get("replay"), dict) else {}
            begin, end, up_to = map(replay.get, ("from", "to", "upTo"))
            if replay.get("epoch") != asking["epoch"] or not is_number(begin, 1) or not is_number(end, begin) \
                    or not is_number(up_to) or begin > last or end < first:
                return  # no answer to what was asked
            purged, altered = ranges_of(replay.get("purged")), ranges_of(replay.get("altered"))
            purged += [(1, begin - 1)] + ([] if is_present else [(end + 1, contract.LARGEST)])
        elif reason in ("unknown_epoch", "nothing_there"):
            purged = [(1, row["last"] if is_present else contract.LARGEST)]  # what state/conn has named may still come
        elif reason in FOR_A_PERSON:
            seconds = max(seconds, 60)
        for kind, ranges in (("purged", purged), ("altered", altered)):
            for one in cut(union(ranges), first, last):
                self.add_range(row["id"], kind, *one)
        if cut(altered, first, last):
            self.alarm(gate, "altered")
        if result == "done" and first <= up_to < min(end, last):
            last = up_to  # the rest is asked for at once; what is still missing up to there, later
        watch.asking = None
        watch.waits.append((row["id"], first, last, now + seconds, min(asking["times"] + 1, 10)))

    def tick(self, now):
        for gate_id, watch in self.watches.items():
            send_receipt = self.options.server and self.connected and now >= watch.receipt_at
            if not send_receipt and now < watch.look_at:
                continue
            gate = self.one("SELECT * FROM gates WHERE id = ?", gate_id)
            if now >= watch.look_at:
                self.look(gate, watch, now)
            if send_receipt:
                watch.receipt_at = now + self.options.receipt_seconds
                receipt = self.receipt(gate)
                if receipt and receipt != watch.receipt:
                    self.client.publish(f"gates/v1/{gate['site']}/{gate['gate']}/ack/{self.options.server}",
                                        json.dumps(receipt), qos=1, retain=True)
                watch.receipt = receipt

    def on_connect(self, client, _data, _flags, reason, _properties):
        if reason.value < 128:
            client.subscribe([(f"gates/v1/{self.options.topics}/{topic}", mqtt.SubscribeOptions(qos=1)) for topic in
                              ("evt/+", "state/conn", "checkpoint", "rsp/" + self.word)])

    def on_subscribe(self, _client, _data, _mid, reasons, _properties):
        if all(reason.value < 128 for reason in reasons):
            self.connected = True
            self.lines.append({"told": "subscribed"})
            for watch in self.watches.values():
                watch.look_at, watch.receipt = 0.0, None

    def step(self):
        """Takes what has come, commits once, and only then lets the acknowledgements (PUBACK) go out."""
        client, packets = self.client, 0
        ready = select.select([client.socket()], [], [], 0.2)[0]
        self.run("BEGIN")
        while ready and packets < 200:
            client.loop_read()
            packets += 1
            ready = client.socket() and select.select([client.socket()], [], [], 0)[0]
        if time.monotonic() >= self.tick_at:
            self.tick(time.monotonic())
            self.tick_at = time.monotonic() + 0.2
        self.run("COMMIT")
        self.storing = True
        for line in self.lines:
            print(json.dumps(line))
        self.lines.clear()
        sys.stdout.flush()
        while client.socket() and client.want_write() and select.select([], [client.socket()], [], 5)[1]:
            client.loop_write()
        client.loop_misc()
        if not client.socket():
            raise ConnectionError("the connection is lost, or the broker refuses it")

    def read_for_ever(self):
        """"Reading the feed", 1: MQTT 5, a client id of its own, and a session that the broker keeps."""
        version = [mqtt.CallbackAPIVersion.VERSION2] if hasattr(mqtt, "CallbackAPIVersion") else []  # paho 2
        client = self.client = mqtt.Client(*version, client_id=self.options.client_id, protocol=mqtt.MQTTv5)
        client.on_connect, client.on_subscribe = self.on_connect, self.on_subscribe
        client.on_message = lambda _client, _data, message: self.take(message)
        client.on_socket_register_write = lambda *_: None  # paho then leaves all writing to step()
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval, properties.MaximumPacketSize = SESSION_SECONDS, PACKET_LIMIT
        host, _, port = self.options.broker.rpartition(":")
        client.connect_async(host, int(port), 30, clean_start=False, properties=properties)
        lost, self.tick_at = True, 0.0
        while True:
            try:
                if lost:
                    client.reconnect()  # what was not acknowledged comes again
                lost = False
                self.step()
            except Exception as error:  # the broker is away, the disk is full, …
                lost, self.connected = True, False
                self.storing = self.storing and not isinstance(error, sqlite3.Error)
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
                self.lines.clear()
                self.db.rollback()
                time.sleep(1)


class Question(http.server.BaseHTTPRequestHandler):
    """"What a server is asked": GET alone, on loopback."""
    timeout = 10
    reader = None

    def do_GET(self):
        store = Store(self.reader.options.store)
        try:
            store.run("BEGIN")  # all of an answer is of one moment
            body = self.find(store)
        finally:
            store.db.close()
        self.send_response(404 if body is None else 503 if body == {"ok": False} else 200)
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def find(self, store):
        url = urlsplit(self.path)
        path = [unquote(level) for level in url.path.split("/")[1:]]
        if path == ["healthz"]:
            return {"ok": self.reader.connected and self.reader.storing}
        if path == ["gates"]:
            return [dict(row) for row in store.all("SELECT site, gate FROM gates ORDER BY site, gate")]
        gate = store.gate(*path[1:3]) if path[0] == "gates" and len(path) in (3, 6) else None
        if gate and len(path) == 3:
            return store.answer(gate, parse_qs(url.query, keep_blank_values=True).get("epoch", [None])[0])
        epoch = store.epoch(gate, path[4]) if gate and path[3] == "events" else None
        if epoch and re.fullmatch("[1-9][0-9]{0,15}", path[5]):
            row = store.one("SELECT body FROM events WHERE epoch = ? AND sequence = ?", epoch["id"], int(path[5]))
            return row["body"] if row else None
        return None

    def log_message(self, *_):
        pass


def main():
    flags = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    flags.add_argument("--broker", default="127.0.0.1:1883", metavar="HOST:PORT")
    flags.add_argument("--topics", default="+/+", metavar="SITE/GATE", help="+ for any")
    flags.add_argument("--store", default="feed.sqlite", metavar="FILE")
    flags.add_argument("--client-id", default="feed-reader")
    flags.add_argument("--gate-key", action="append", default=[], metavar="SITE/GATE=HEX", help="*=HEX for all gates")
    flags.add_argument("--command-key", metavar="PEM", help="a key with the verb replay; without it gaps stay")
    flags.add_argument("--server", metavar="ID", help="its id in uplink.servers; without it no receipts are sent")
    flags.add_argument("--receipt-seconds", type=float, default=20)
    flags.add_argument("--answer", type=int, metavar="PORT", help="answers on 127.0.0.1 what a server is asked")
    options = flags.parse_args()
    sys.setrecursionlimit(5000)  # for JSON that is deeper than any gate's; what is deeper still is no event
    Question.reader = reader = Reader(options)
    if options.answer:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", options.answer), Question)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    reader.read_for_ever()


if __name__ == "__main__":
    main()
