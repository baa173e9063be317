#!/usr/bin/env python3
"""Long downloads through a Service's address, each from a source port of its own.

streams.py ADDRESS TCP-PORT UDP-PORT COUNT SECONDS
    starts COUNT downloads that take SECONDS, says `begun` when all of them run, and in the end
    prints one JSON object: for each node the downloads that were [completed, broken]

streams.py datagram ADDRESS UDP-PORT BYTES
    sends one datagram, and prints the answer or `silence`

The node of a download is asked for over UDP from the same source port: with direct return the
same address and port lead to the same node, whatever the protocol.
"""

import collections
import json
import socket
import sys
import threading
import time

CHUNK = 16384
TICK = 0.1


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def answer(address, port, size, source_port=0):
    with socket.socket(family_of(address), socket.SOCK_DGRAM) as asking:
        asking.bind(("", source_port))
        asking.connect((address, port))
        for _ in range(3):
            try:
                asking.settimeout(1)
                asking.send(b"?" * size)
                return asking.recv(65536).decode().split()[0]
            except (TimeoutError, ConnectionError):
                continue
    return None


class Download:
    def __init__(self, address, port, seconds):
        self.left = CHUNK * max(1, int(seconds / TICK))
        self.connection = socket.socket(family_of(address), socket.SOCK_STREAM)
        # Less than what is still to come, so that the node cannot be done before.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, CHUNK)
        # Longer than a pair takes when its leader dies, with TCP's own growing pauses.
        self.connection.settimeout(30)
        self.connection.connect((address, port))
        self.source_port = self.connection.getsockname()[1]
        self.connection.sendall(b"GET /bytes/%d HTTP/1.0\r\n\r\n" % self.left)
        self.is_complete = False

    def run(self):
        try:
            while self.left > 0:
                began = time.monotonic()
                wanted = CHUNK
                while wanted > 0:
                    data = self.connection.recv(wanted)
                    if not data:
                        return
                    wanted -= len(data)
                    self.left -= len(data)
                time.sleep(max(0, TICK - (time.monotonic() - began)))
            self.is_complete = True
        except OSError:
            pass


def downloads(address, port, udp_port, count, seconds):
    all_of_them = [Download(address, port, seconds) for _ in range(count)]
    nodes = [answer(address, udp_port, 1, one.source_port) for one in all_of_them]
    threads = [threading.Thread(target=one.run) for one in all_of_them]
    for thread in threads:
        thread.start()
    print("begun", flush=True)
    for thread in threads:
        thread.join()
    result = collections.defaultdict(lambda: [0, 0])
    for node, one in zip(nodes, all_of_them):
        result[(node or "?").split("-")[0]][0 if one.is_complete else 1] += 1
    print(json.dumps(result), flush=True)


if sys.argv[1] == "datagram":
    print(answer(sys.argv[2], int(sys.argv[3]), int(sys.argv[4])) or "silence")
else:
    downloads(sys.argv[1], *(int(number) for number in sys.argv[2:5]), float(sys.argv[5]))
