#!/usr/bin/env python3
"""A server whose host sends segments that belong to no window, and a client that has to bear it.

stray.py serve ADDRESS PORT   to each connection: segments far outside of the window, then `fine`
stray.py ask ADDRESS PORT     connects, and prints what it reads, or what went wrong
"""

import random
import socket
import struct
import sys
import time


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def ones_complement_sum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def segment(family, own, peer):
    """A segment with one byte of data at a place that no window covers."""
    header = struct.pack(
        "!HHIIBBHHH", own[1], peer[1], random.randrange(1 << 32), random.randrange(1 << 32),
        5 << 4, 0x18, 64, 0, 0)
    data = header + b"!"
    addresses = socket.inet_pton(family, own[0]) + socket.inet_pton(family, peer[0])
    if family == socket.AF_INET:
        pseudo = addresses + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(data))
    else:
        pseudo = addresses + struct.pack("!IHBB", len(data), 0, 0, socket.IPPROTO_TCP)
    total = ones_complement_sum(pseudo + data)
    return data[:16] + struct.pack("!H", total) + data[18:]


def serve(address, port):
    family = family_of(address)
    listener = socket.create_server((address, port), family=family)
    raw = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP)
    print("ready", flush=True)
    while True:
        connection, peer = listener.accept()
        with connection:
            own = connection.getsockname()
            for _ in range(20):
                raw.sendto(segment(family, own, peer), (peer[0], 0))
            time.sleep(0.3)
            try:
                connection.sendall(b"fine\n")
            except OSError as error:
                print(f"the client has gone: {error}", file=sys.stderr, flush=True)


def ask(address, port):
    try:
        with socket.create_connection((address, port), timeout=3) as connection:
            print(connection.recv(100).decode().strip() or "closed")
    except OSError as error:
        print(error)


if sys.argv[1] == "serve":
    serve(sys.argv[2], int(sys.argv[3]))
else:
    ask(sys.argv[2], int(sys.argv[3]))
