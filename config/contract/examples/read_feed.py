#!/usr/bin/python3
"""Reads the events of gates: without duplicates, with gaps closed, hashes and checkpoints checked, and receipts sent.

By config/contract/README.md, whose headings its comments name. Needs Debian's python3-paho-mqtt (1.6 or 2) and
python3-cryptography, and gate_contract.py beside it. Prints one JSON object a line: {"gate": …, "told": event | gap | closed | checkpoint | alarm, …}.
What it holds is in an SQLite file (--store), so that it may be stopped and started at any time.
"""

import argparse
import json
import re
import sqlite3
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import paho.mqtt.client as mqtt
from gate_contract import CommandKey, canonical, read_checkpoint, row_hash, tree_root
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

LONGEST_BYTES = 1024 * 1024
NO_ANSWER_S = 60
# Pause after a refusal: most pass by themselves (before_log, already_running, too_many, old_counter).
REFUSED_S = 5
ID = "[a-z0-9-]{1,32}"
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What JSON that is none of a gate's can end in.
NOT_OURS = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
TOPIC = re.compile(f"gates/v1/({ID})/({ID})/(evt/([a-z]+)|state/conn|checkpoint|rsp/([0-9a-f]+))")


# What is held

ALARMS = (
    *("two-gates", "chain-broken", "epoch-changed", "went-back", "altered", "checkpoint-not-signed"),
    *("checkpoint-inconsistent", "unsynced-clock", "malformed"),
)

TABLES = """
create table if not exists event(gate text, epoch text, sequence int, hash blob, body text,
    primary key(gate, epoch, sequence)) without rowid;
create table if not exists epoch(gate text, epoch text, begin int, place integer primary key, unique(gate, epoch));
create table if not exists lost(gate text, epoch text, first int, last int, word text,
    unique(gate, epoch, first, last));
create table if not exists checkpoint(gate text, epoch text, size int, root blob, unique(gate, epoch, size, root));
create table if not exists alarm(gate text, word text, unique(gate, word));
"""


def hash_of(row):
    """The row hash; None of what is no text (half a character), or of another form."""
    try:
        return row_hash(row)
    except NOT_OURS:
        return None


def ranges(numbers):
    """[[first, last], …] of sorted numbers."""
    found = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


class Store:
    def __init__(self, file):
        self.db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self.db.execute("pragma journal_mode=wal")
        self.db.execute("pragma synchronous=full")
        self.db.executescript(TABLES)
        self.db.execute("begin")

    def keep(self):
        """Everything so far is on disk afterwards; a receipt says no more than that."""
        self.db.execute("commit")
        self.db.execute("begin")

    def rows(self, statement, *values):
        return self.db.execute(statement, values).fetchall()

    def add(self, statement, *values):
        return self.db.execute(statement, values).rowcount > 0

    def epochs(self, gate):
        return self.rows("select epoch, begin from epoch where gate = ? order by place", gate)

    def lost(self, gate, epoch, word="%"):
        """Numbers that are not to be had, without those that came all the same."""
        said = self.rows(
            "select first, last from lost where gate = ? and epoch = ? and word like ?", gate, epoch, word
        )
        held = set(self.numbers(gate, epoch))
        return ranges(sorted({n for first, last in said for n in range(first, last + 1)} - held))

    def numbers(self, gate, epoch):
        return [one for (one,) in self.rows("select sequence from event where gate = ? and epoch = ?", gate, epoch)]

    def view(self, gate, epoch, begin):
        """How far everything is there, the greatest number, how many, and the gaps."""
        held = self.numbers(gate, epoch)
        last = max(held, default=0)
        if begin is None:
            return 0, last, len(held), []
        there = [[number, number] for number in held if number >= begin]
        gaps, wanted = [], begin
        for first, end in sorted(there + self.lost(gate, epoch)):
            if first > wanted:
                gaps.append([wanted, first - 1])
            wanted = max(wanted, end + 1)
        gaps = [gap for gap in gaps if gap[0] < last]
        return (gaps[0][0] if gaps else wanted) - 1, last, len(there), gaps


class Gate:
    """One gate, and what is to be asked of it."""

    def __init__(self, name, reader):
        self.name, self.reader, self.store = name, reader, reader.store
        self.counter, self.asked, self.receipt, self.receipt_at = None, None, None, 0.0
        self.told_gaps, self.boots, self.unchecked = [], [], None

    @property
    def epoch(self):
        return (self.store.epochs(self.name) or [(None, None)])[-1][0]

    def tell(self, told, **more):
        print(json.dumps({"gate": self.name, "told": told, **more}, ensure_ascii=False), flush=True)

    def alarm(self, word, **more):
        """Tells each word once; it stays until a person deletes it from the table."""
        if self.store.add("insert or ignore into alarm values(?, ?)", self.name, word):
            self.tell("alarm", word=word, **more)

    # Reading the feed

    def event(self, payload, historical):
        try:
            row = json.loads(payload)
            epoch, number, kind = row["epoch"], int(row["sequence"]), row["type"]
            well_formed = UUID.fullmatch(epoch) and re.fullmatch("[0-9]{16}", row["sequence"]) and 1 <= number < 2**53
            at_place = well_formed and row["source"] == f"/gates/{self.name}" and isinstance(kind, str)
        except NOT_OURS:
            return self.alarm("malformed")
        if not at_place:
            return self.alarm("malformed")
        found = hash_of(row)
        held = self.store.rows(
            "select hash from event where gate = ? and epoch = ? and sequence = ?", self.name, epoch, number
        )
        if held:  # Duplicates: the same row, perhaps reduced since.
            if held[0][0] != found:
                self.alarm("two-gates", sequence=number)
            return None
        if epoch not in [one for one, _ in self.store.epochs(self.name)]:
            self.begin(epoch, None)
        last = self.store.rows(
            "select coalesce(max(sequence), 0) from event where gate = ? and epoch = ?", self.name, epoch
        )[0][0]
        newest = number > last
        if newest and not historical and "bootid" in row:
            self.boot(row["bootid"], number)
        if kind == "io.gatepost.log.reset.v1":
            self.check_reset(row["data"], number)
        self.store.add("insert into event values(?, ?, ?, ?, ?)", self.name, epoch, number, found, payload.decode())
        if newest:  # This alarm alone goes by itself.
            self.store.add("delete from alarm where gate = ? and word = 'unsynced-clock'", self.name)
            if row.get("timequality") == "unsynced":
                self.alarm("unsynced-clock")
        if kind == "io.gatepost.log.altered.v1":
            self.not_to_be_had(epoch, [[row["data"]["first"], row["data"]["last"]]], "altered")
            self.alarm("altered")
        self.check_links(epoch, number, row["prevhash"], found)
        self.tell("event", sequence=number, type=kind, historical=historical)
        asked = self.asked or {"epoch": None}
        if asked["epoch"] == epoch and asked["from"] <= number <= asked["to"]:
            asked["sign"] = time.monotonic()
        if number != last + 1 or last == 0 or self.told_gaps:
            self.look()
        if self.unchecked == epoch:
            self.check_tree()
        return None

    def boot(self, boot, number):
        """Live events of two boots in turn come from two gates."""
        if boot in self.boots[:-1]:
            self.alarm("two-gates", sequence=number)
        if boot not in self.boots[-1:]:
            self.boots = [*self.boots[-20:], boot]

    def check_reset(self, data, number):
        before = self.store.numbers(self.name, data.get("previousEpoch"))
        left = data.get("previousSequence", number - 1)
        if data.get("cause") == "restored":  # Numbers above were given again.
            left = min(left, number - 1)
        if before and max(before) > left:
            self.alarm("went-back", sequence=number)

    def check_links(self, epoch, number, prevhash, found):
        for neighbour, said in self.store.rows(
            "select sequence, case when sequence < ?2 then hex(hash) else json_extract(body, '$.prevhash') end"
            " from event where gate = ?1 and epoch = ?3 and sequence in (?2 - 1, ?2 + 1)",
            *(self.name, number, epoch),
        ):
            mine = prevhash if neighbour < number else found and found.hex()
            if said and mine and said.lower() != mine:
                self.alarm("chain-broken", sequence=max(neighbour, number))

    # How a server closes a gap

    def begin(self, epoch, first):
        known = dict(self.store.epochs(self.name))
        if known and epoch not in known:
            self.alarm("epoch-changed", epoch=epoch)
        self.store.add("insert or ignore into epoch(gate, epoch, begin) values(?, ?, ?)", self.name, epoch, first)
        if known.get(epoch) is None and first is not None:
            self.store.add("update epoch set begin = ? where gate = ? and epoch = ?", first, self.name, epoch)

    def connection(self, state):
        if not isinstance(state.get("epoch"), str) or not isinstance(state.get("firstSeq"), int):
            return
        if self.reader.key:
            kid = self.reader.key.kid.hex()
            self.counter = max(self.counter or 0, state.get("commands", {}).get(kid, 0))
        if state.get("state") == "init" and self.asked:
            self.asked["sign"] = -NO_ANSWER_S
        for number, recorded in self.store.rows(
            "select sequence, json_extract(body, '$.recordedtime') from event where gate = ? and epoch = ?"
            " order by sequence desc limit 1",
            *(self.name, state["epoch"]),
        ):
            younger = str(state.get("since")) > (recorded or "9")
            if state.get("state") == "init" and younger and state.get("lastSeq", number) < number:
                self.alarm("went-back", sequence=state["lastSeq"])
        if state["epoch"]:
            self.begin(state["epoch"], max(1, state["firstSeq"]))
            self.look()

    def not_to_be_had(self, epoch, gone, word):
        for first, last in gone:
            self.store.add("insert or ignore into lost values(?, ?, ?, ?, ?)", self.name, epoch, first, last, word)

    def gaps(self):
        found = []
        for epoch, begin in self.store.epochs(self.name):
            found += [[epoch, *gap] for gap in self.store.view(self.name, epoch, begin)[3]]
        return found

    def look(self):
        gaps = self.gaps()
        still = []
        for epoch, first, last in self.told_gaps:
            if any(one[0] == epoch and one[1] <= last and first <= one[2] for one in gaps):
                still.append((epoch, first, last))
            else:
                self.tell("closed", epoch=epoch, first=first, last=last)
        for epoch, first, last in gaps:
            if not any(one[0] == epoch and one[1] <= first and last <= one[2] for one in still):
                self.tell("gap", epoch=epoch, first=first, last=last)
                still.append((epoch, first, last))
        self.told_gaps = still
        self.ask(gaps)

    def ask(self, gaps):
        now = time.monotonic()
        end = self.asked.get("upTo") if self.asked else None
        if end and not any(self.asked["epoch"] == one[0] and one[1] <= end and self.asked["from"] <= one[2] for one in gaps):
            self.asked = None
        if self.asked and now - self.asked["sign"] < NO_ANSWER_S:
            return
        self.asked = None
        # Which counter is the next one is in `state/conn`; what waited in the session may come before that.
        if not gaps or not self.reader.key or self.counter is None:
            return
        epoch = gaps[0][0]
        mine = [gap for gap in gaps if gap[0] == epoch]
        wanted = {"epoch": epoch, "from": mine[0][1], "to": mine[-1][2]}
        self.counter += 1
        self.asked = {**wanted, "sign": now, "correlation": uuid.uuid4().bytes}
        self.reader.command(self, "replay", wanted, self.counter, self.asked["correlation"])

    def answer(self, answer, correlation):
        asked = self.asked
        if not asked or asked["correlation"] != correlation:
            return
        asked["sign"] = time.monotonic()
        epoch, replay = asked["epoch"], answer.get("replay", {})
        for word in ("purged", "altered"):
            gone = [[one["first"], one["last"]] for one in replay.get(word, [])]
            self.not_to_be_had(epoch, gone, word)
        if replay.get("altered"):
            self.alarm("altered")
        if answer["result"] == "refused" and answer.get("reason") in ("unknown_epoch", "nothing_there"):
            self.not_to_be_had(epoch, [[asked["from"], asked["to"]]], "nowhere")
        elif answer["result"] in ("refused", "failed"):
            asked["sign"] -= NO_ANSWER_S - REFUSED_S
        # What was sent may still be on its way: it is waited for before anything else is asked.
        if answer["result"] == "done":
            asked["upTo"] = replay.get("upTo", asked["to"])
        self.look()

    # Log checkpoints

    def checkpoint(self, message):
        key = self.reader.gate_key(self.name)
        if key is None:
            return
        read = read_checkpoint(message["note"], key)
        if read is None or not read[0].startswith(f"gatepost/{self.name}/"):
            return self.alarm("checkpoint-not-signed")
        origin, size, root = read
        epoch = origin.rsplit("/", 1)[1]
        self.store.add("insert or ignore into checkpoint values(?, ?, ?, ?)", self.name, epoch, size, root)
        self.unchecked = epoch
        self.check_tree()

    def check_tree(self):
        """A checkpoint may come before the last events that it covers."""
        agrees = self.unchecked and self.check_checkpoints(self.unchecked)
        if agrees is not None:
            self.tell("checkpoint", epoch=self.unchecked, agrees=agrees)
            self.unchecked = None

    def check_checkpoints(self, epoch):
        """Whether the newest is the tree over what is held; None as long as something of it is missing."""
        kept = self.store.rows(
            "select size, root from checkpoint where gate = ? and epoch = ? order by rowid", self.name, epoch
        )
        sizes = [size for size, _ in kept]
        if sizes != sorted(sizes) or len(set(sizes)) < len(sizes):
            self.alarm("checkpoint-inconsistent", size=sizes[-1])
            return False
        size, root = kept[-1]
        begin = dict(self.store.epochs(self.name)).get(epoch)
        rows = self.store.rows(
            "select sequence, hash, json_extract(body, '$.type') from event"
            " where gate = ? and epoch = ? order by sequence limit ?",
            *(self.name, epoch, size),
        )
        whole = len(rows) == size and rows[0][2] == "io.gatepost.log.reset.v1" and rows[-1][0] == rows[0][0] + size - 1
        if begin is None or not whole or any(found is None for _, found, _ in rows):
            return None
        agrees = tree_root([found for _, found, _ in rows]) == root
        if not agrees:
            self.alarm("checkpoint-inconsistent", size=size)
        return agrees

    # Receipts

    def send_receipt(self):
        due = time.monotonic() - self.receipt_at >= self.reader.receipt_s
        epochs = self.store.epochs(self.name) if self.reader.server and due else []
        if not epochs or epochs[-1][1] is None:
            return
        older = [epoch for epoch, begin in epochs[:-1] if self.store.view(self.name, epoch, begin)[3]]
        receipt = {"epoch": epochs[-1][0], "upTo": self.store.view(self.name, *epochs[-1])[0]}
        if receipt != self.receipt and not older and receipt["upTo"] > 0:
            self.receipt, self.receipt_at = receipt, time.monotonic()
            topic = f"gates/v1/{self.name}/ack/{self.reader.server}"
            self.reader.client.publish(topic, canonical(receipt), qos=1, retain=True)

    def alarms(self):
        return [word for (word,) in self.store.rows("select word from alarm where gate = ?", self.name)]

    def believes(self, wanted=None):
        epochs = self.store.epochs(self.name)
        epoch, begin = next(((one, at) for one, at in epochs if one == wanted), epochs[-1] if epochs else ("", None))
        up_to, last, events, gaps = self.store.view(self.name, epoch, begin)
        site, gate = self.name.split("/")
        return {
            **{"site": site, "gate": gate, "epoch": epoch, "upTo": up_to, "events": events, "last": last},
            **{"gaps": gaps, "purged": self.store.lost(self.name, epoch, "purged")},
            **{"altered": self.store.lost(self.name, epoch, "altered"), "aside": []},
            **{"begin": begin or 0, "epochs": [one for one, _ in epochs]},
            "alarms": [word for word in ALARMS if word in self.alarms()],
        }


class Reader:
    def __init__(self, options):
        self.store = Store(options.store)
        self.key = CommandKey(options.command_key) if options.command_key else None
        self.gate_keys = dict(one.split("=", 1) for one in options.gate_key)
        self.server, self.receipt_s, self.topics = options.server, options.receipt_seconds, options.topics
        self.gates, self.lock = {}, threading.RLock()
        version = getattr(mqtt, "CallbackAPIVersion", None)  # Of paho 2.
        self.client = mqtt.Client(
            *([version.VERSION2] if version else []), client_id=options.client_id, protocol=mqtt.MQTTv5
        )
        self.client.on_connect = self.on_connect
        self.client.on_subscribe = lambda *_: print(json.dumps({"told": "subscribed"}), flush=True)
        self.client.on_message = self.on_message
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = 7 * 86400
        session.MaximumPacketSize = LONGEST_BYTES
        host, _, port = options.broker.partition(":")
        self.client.reconnect_delay_set(1, 10)
        self.client.connect_async(host, int(port or 1883), clean_start=False, properties=session)

    def gate_key(self, name):
        text = self.gate_keys.get(name, self.gate_keys.get("*"))
        return bytes.fromhex(text) if text else None

    def gate(self, name):
        return self.gates.setdefault(name, Gate(name, self))

    def on_connect(self, client, *_):
        below = ("evt/+", "state/conn", "checkpoint", "rsp/+")
        client.subscribe([(f"gates/v1/{self.topics}/{one}", 1) for one in below])

    def on_message(self, _client, _data, message):
        match = TOPIC.fullmatch(message.topic)
        if not match or not message.payload or len(message.payload) > LONGEST_BYTES:
            return
        site, name, below, group, _ = match.groups()
        extra = dict(getattr(message.properties, "UserProperty", []))
        with self.lock:
            gate = self.gate(f"{site}/{name}")
            if group:
                if not message.retain:  # Events are never retained.
                    gate.event(message.payload, extra.get("historical") == "true")
                return
            try:
                said = json.loads(message.payload)
                if below == "state/conn":
                    gate.connection(said)
                elif below == "checkpoint":
                    gate.checkpoint(said)
                else:
                    gate.answer(said, getattr(message.properties, "CorrelationData", None))
            except NOT_OURS:
                gate.alarm("malformed-message")

    def command(self, gate, verb, arguments, counter, correlation):
        properties = Properties(PacketTypes.PUBLISH)
        properties.ResponseTopic = f"gates/v1/{gate.name}/rsp/{self.key.kid.hex()}"
        properties.CorrelationData = correlation
        properties.MessageExpiryInterval = 10
        command = self.key.command(gate.name, verb, arguments, counter, int(time.time()) - 3)
        self.client.publish(f"gates/v1/{gate.name}/cmd/{verb}", command, qos=1, properties=properties)

    def run(self):
        self.client.loop_start()
        while True:
            time.sleep(0.2)
            with self.lock:
                self.store.keep()
                for gate in self.gates.values():
                    if gate.asked or gate.told_gaps:
                        gate.look()
                    gate.send_receipt()


class Answers(BaseHTTPRequestHandler):
    """What a server is asked."""

    reader = None

    def do_GET(self):
        path, _, query = self.path.partition("?")
        self.epoch = query[len("epoch=") :] if query.startswith("epoch=") else None
        words = path.strip("/").split("/")
        with self.reader.lock:
            self.say(self.found(words))

    def found(self, words):
        store = self.reader.store
        if words == ["healthz"]:
            return {"ok": self.reader.client.is_connected()}
        known = [row[0] for row in store.rows("select distinct gate from epoch")]
        if words == ["gates"]:
            return [dict(zip(("site", "gate"), name.split("/"))) for name in known]
        name = "/".join(words[1:3])
        if words[0] != "gates" or name not in known:
            return None
        if len(words) == 3:
            known = [one for one, _ in store.epochs(name)]
            return self.reader.gate(name).believes(self.epoch) if self.epoch in (None, *known) else None
        if len(words) != 6 or words[3] != "events" or not re.fullmatch("[0-9]{1,16}", words[5]):
            return None
        row = store.rows(
            "select body from event where gate = ? and epoch = ? and sequence = ?", name, words[4], int(words[5])
        )
        return json.loads(row[0][0]) if row else None

    def say(self, value):
        body = json.dumps({"error": "not found"} if value is None else value).encode()
        self.send_response(404 if value is None else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--broker", default="127.0.0.1:1883", help="host:port")
    parser.add_argument("--topics", default="+/+", help="<site>/<gate>, + for any")
    parser.add_argument("--store", default="feed.sqlite", help="file for what is held")
    parser.add_argument("--client-id", default="feed-reader", help="its session at the broker")
    parser.add_argument("--gate-key", action="append", default=[], help="<site>/<gate>=<hex>, * for all gates")
    parser.add_argument("--command-key", help="PEM file: a key with the verb replay; without it gaps stay")
    parser.add_argument("--server", help="its id in uplink.servers; without it no receipts are sent")
    parser.add_argument("--receipt-seconds", type=float, default=20, help="pause between two receipts")
    parser.add_argument("--answer", type=int, help="port of 127.0.0.1 on which it tells what it believes")
    options = parser.parse_args()
    reader = Reader(options)
    if options.answer:
        Answers.reader = reader
        server = ThreadingHTTPServer(("127.0.0.1", options.answer), Answers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    reader.run()


if __name__ == "__main__":
    main()
