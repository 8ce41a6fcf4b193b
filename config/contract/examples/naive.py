#!/usr/bin/python3
"""What a server must not be: it believes every message, in the order in which it comes.

It answers the same question as read_feed.py, so that `gatepost conformance` shows what is wrong with it: no duplicates
are removed, no gap is seen, no hash and no signature is checked, and the receipt says more than is on disk.
"""

import argparse
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import paho.mqtt.client as mqtt

GATES = {}


def on_connect(client, *_):
    client.subscribe("gates/v1/+/+/evt/#", qos=1)


def on_message(client, _data, message):
    site, name = message.topic.split("/")[2:4]
    event = json.loads(message.payload)
    number = int(event["sequence"])
    gate = GATES.setdefault((site, name), {"events": 0, "held": {}, "epochs": []})
    gate["events"] += 1
    gate["last"], gate["epoch"] = number, event["epoch"]
    gate["epochs"] = list(dict.fromkeys([*gate["epochs"], event["epoch"]]))
    gate["held"][event["epoch"], number] = event
    receipt = json.dumps({"epoch": event["epoch"], "upTo": number})
    client.publish(f"gates/v1/{site}/{name}/ack/{client.server}", receipt, qos=1, retain=True)


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        words = self.path.partition("?")[0].strip("/").split("/")
        gate = GATES.get(tuple(words[1:3]))
        if words == ["healthz"]:
            self.say({"ok": True})
        elif words == ["gates"]:
            self.say([{"site": site, "gate": name} for site, name in list(GATES)])
        elif gate and len(words) == 3:
            about = {"site": words[1], "gate": words[2], "begin": 1, "upTo": gate["last"], "gaps": [], "purged": []}
            about.update(altered=[], aside=[], alarms=[])
            self.say({**about, **{name: gate[name] for name in ("epoch", "epochs", "last", "events")}})
        elif gate and len(words) == 6:
            self.say(gate["held"].get((words[4], int(words[5]))))
        else:
            self.say(None)

    def say(self, value):
        body = json.dumps(value).encode()
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
    parser.add_argument("--server", default="naive", help="its id in uplink.servers")
    parser.add_argument("--answer", type=int, required=True, help="port of 127.0.0.1 on which it tells what it believes")
    options = parser.parse_args()
    version = getattr(mqtt, "CallbackAPIVersion", None)  # Of paho 2.
    client = mqtt.Client(*([version.VERSION2] if version else []), client_id="naive", protocol=mqtt.MQTTv5)
    client.server, client.on_connect, client.on_message = options.server, on_connect, on_message
    client.suppress_exceptions = True
    host, _, port = options.broker.partition(":")
    client.connect_async(host, int(port or 1883))
    client.loop_start()
    ThreadingHTTPServer(("127.0.0.1", options.answer), Answers).serve_forever()


if __name__ == "__main__":
    main()
