#!/usr/bin/env python3
"""A small client of Asterism's live protocol: Python 3.9 or later, nothing else.

    python3 asterism.py http://127.0.0.1:8080 --token TOKEN --topic explore

prints one JSON object for each thing that an app would show: events, signals,
and `reload`, where the app has to fetch a topic's content anew by HTTP. Commands
that it reads as lines of JSON, such as {"op": "search", "q": "cat"} or
{"op": "like", "element": "ID"}, are carried out and their answers printed. It
survives lost connections and restarts of the server. Numbers in comments are
those of the statements in docs/websocket.md.
"""

import argparse
import base64
import json
import os
import random
import socket
import ssl
import struct
import sys
import threading
import time
from urllib.parse import urlsplit


class Closed(Exception):
    """The connection ended, with the server's code or none."""

    def __init__(self, code=None):
        super().__init__(f"closed with {code}")
        self.code = code


class WebSocket:
    """Just enough of RFC 6455; any library does the same."""

    TEXT, CLOSE, PING, PONG = 1, 8, 9, 10

    def __init__(self, url, protocol, timeout):
        address = urlsplit(url)
        tls = address.scheme == "https"
        port = address.port or (443 if tls else 80)
        self.io = socket.create_connection((address.hostname, port), timeout)
        if tls:
            context = ssl.create_default_context()
            self.io = context.wrap_socket(self.io, server_hostname=address.hostname)
        self.buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.io.sendall(
            f"GET {address.path.rstrip('/')}/api/v1/ws HTTP/1.1\r\n"
            f"Host: {address.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {protocol}\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self.buffer:
            self.more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status = head.split(b"\r\n")[0].decode(errors="replace")
        if " 101 " not in status + " ":
            raise Closed(status)

    def more(self):
        data = self.io.recv(65536)
        if not data:
            raise Closed()
        self.buffer += data

    def take(self, count):
        while len(self.buffer) < count:
            self.more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def send(self, payload, opcode=TEXT):
        mask, length = os.urandom(4), len(payload)
        head = bytes([0x80 | opcode])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += struct.pack("!BH", 0x80 | 126, length)
        else:
            head += struct.pack("!BQ", 0x80 | 127, length)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        self.io.sendall(head + mask + masked)

    def receive(self):
        """The next text message; answers pings on the way (7.2)."""
        message = b""
        while True:
            first, length = self.take(2)
            opcode, length = first & 15, length & 127
            if length == 126:
                (length,) = struct.unpack("!H", self.take(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self.take(8))
            payload = self.take(length)
            if opcode == self.PING:
                self.send(payload, self.PONG)
            elif opcode == self.CLOSE:
                raise Closed(struct.unpack("!H", payload[:2])[0] if len(payload) > 1 else None)
            elif opcode != self.PONG:
                message += payload
                if first & 0x80:
                    return message.decode()

    def close(self):
        self.io.close()


class Live:
    """A session that outlives its connections.

    `show(what, frame)` is called for what an app shows: "event", "signal", and
    "reload" with {"topics": [...]}, also when a topic is subscribed to for the
    first time. Whatever is told with an event has to be taken in before `show`
    returns: it will not be told again. What was asked for with `do` is shown as
    "answer".
    """

    AT_ONCE = {4000, 4001}  # 8.4: the tens digit is the advice
    NEVER = {4020, 4021, 4030, 4031}

    def __init__(self, url, token, topics, show, say=lambda text: None):
        self.url, self.token, self.show, self.say = url, token, show, say
        self.topics = list(topics)
        self.session, self.seq = None, 0
        self.marks = {}  # topic: (epoch, offset) of the last event (5)
        self.asked = {}  # id of a subscribe that waits for its reply: topic
        self.undone = {}  # id of a command that waits for its answer: its frame
        self.open = False  # may commands be sent?
        self.lock = threading.RLock()  # `do` comes from other threads
        self.next_id = 1
        self.failures = 0

    def run(self):
        """Until the server says that coming back is of no use."""
        while True:
            code = None
            try:
                self.connection()
            except Closed as end:
                code = end.code
            except OSError as error:  # refused, reset, silent for too long
                code = error
            if code in self.NEVER:
                raise Closed(code)
            wait = 0.0
            if code not in self.AT_ONCE or self.failures:
                # 8.4: full jitter, so that thousands do not come back at once
                wait = random.uniform(0, min(30.0, 0.5 * 2**self.failures))
            self.failures += 1
            self.say(f"{code}: again in {wait:.1f} s")
            time.sleep(wait)

    def connection(self):
        """One connection, from its handshake to its end."""
        self.ws = WebSocket(self.url, "asterism.v1.json", timeout=10)
        try:
            hello = json.loads(self.ws.receive())
            # the server pings at every heartbeat (7.2): silence means it is gone
            self.ws.io.settimeout(hello["heartbeat_ms"] / 1000 * 3)
            self.asked.clear()
            if self.session is None:
                self.send({"op": "identify", "token": self.token})
            else:
                topics = [
                    {"topic": topic, "epoch": epoch, "offset": offset}
                    for topic, (epoch, offset) in self.marks.items()
                ]
                self.send(
                    {"op": "resume", "token": self.token, "session": self.session, "seq": self.seq, "topics": topics}
                )
            while True:
                self.take(json.loads(self.ws.receive()))
        finally:
            self.open = False
            self.ws.close()

    def send(self, frame):
        with self.lock:
            self.ws.send(json.dumps(frame).encode())

    def number(self):
        with self.lock:
            self.next_id += 1
            return self.next_id - 1

    def subscribe(self, topic):
        id = self.number()
        self.asked[id] = topic
        self.send({"op": "subscribe", "id": id, "topic": topic})

    def do(self, op, **what):
        """like, save, unsave, search or feed (9); sent again after a cut until it is answered."""
        with self.lock:
            frame = {"op": op, "id": self.number(), **what}
            self.undone[frame["id"]] = frame
            if self.open:
                try:
                    self.send(frame)
                except OSError:  # the reader notices too, and comes back
                    pass
            return frame["id"]

    def do_again(self):
        """What was not answered before a cut: the same ids, so carried out once (9.7)."""
        with self.lock:
            self.open = True
            for frame in self.undone.values():
                self.send(frame)

    def take(self, frame):
        op = frame["op"]
        if op in ("ready", "resumed", "reload"):
            self.failures = 0
        if op != "resumed" and "seq" in frame:  # 3.1
            self.seq = frame["seq"]
        if op == "ready":
            self.session = frame["session"]
        if op in ("ready", "resumed"):
            self.say(op)
            # topics that we do not stand in yet; the rest goes on (5.1, 5.3)
            for topic in self.topics:
                if topic not in self.marks:
                    self.subscribe(topic)
            self.do_again()
        elif op in ("ok", "found", "error") and frame["id"] in self.undone:
            with self.lock:
                self.undone.pop(frame["id"])
            self.show("answer", frame)
        elif op == "ok" and frame["id"] in self.asked:
            topic = self.asked.pop(frame["id"])
            self.marks[topic] = (frame["epoch"], frame["offset"])
            self.show("reload", {"topics": [topic]})  # 4.2: subscribe, then fetch
        elif op == "error" and frame["id"] in self.asked:
            topic = self.asked.pop(frame["id"])
            self.topics.remove(topic)
            self.show("gone", {"topic": topic, "error": frame["error"]})
        elif op == "reload":  # 5.4: asking again says where the topic stands now
            if not self.open:  # it was the answer to `resume`
                self.do_again()
            for topic in frame["topics"]:
                self.marks.pop(topic, None)
                if topic in self.topics:
                    self.subscribe(topic)
        elif op == "event":
            self.event(frame)
        elif op == "signal":
            self.show("signal", frame)
        # 3.6: whatever else comes is of a newer server

    def event(self, frame):
        topic, epoch, offset = frame["topic"], frame["epoch"], frame["offset"]
        known = self.marks.get(topic)
        if known is None:  # after `reload`, before the reply: the fetch will have it
            return
        if known[0] == epoch and offset <= known[1]:  # told before
            return
        if known != (epoch, offset - 1):  # never happens (4.1); to be on the safe side
            self.show("reload", {"topics": [topic]})
        else:
            self.show("event", frame)
        self.marks[topic] = (epoch, offset)


def main():
    parser = argparse.ArgumentParser(description="Prints what happens live on an Asterism server.")
    parser.add_argument("url", help="e.g. http://127.0.0.1:8080")
    parser.add_argument("--token", default=os.environ.get("ASTERISM_TOKEN"), help="of POST auth/login [ASTERISM_TOKEN]")
    parser.add_argument("--topic", action="append", default=[], help="may be repeated [explore]")
    options = parser.parse_args()
    if not options.token:
        parser.error("a token is needed: POST /api/v1/auth/login gives one")

    def show(what, frame):
        print(json.dumps({"show": what, **frame}), flush=True)

    def say(text):
        print(text, file=sys.stderr, flush=True)

    live = Live(options.url, options.token, options.topic or ["explore"], show, say)

    def commands():
        # unbuffered: a thread that waits in a buffer would hold up the end
        for line in open(0, "rb", buffering=0, closefd=False):
            if line.strip():
                live.do(**json.loads(line))

    threading.Thread(target=commands, daemon=True).start()
    try:
        live.run()
    except Closed as end:
        sys.exit(f"the server closed the connection with {end.code}: coming back is of no use")
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
