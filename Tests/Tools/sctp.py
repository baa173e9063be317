#!/usr/bin/env python3
"""SCTP's first exchange with raw packets, for kernels that have no SCTP of their own.

sctp.py serve NAME PORT [ADDRESS]   answers each INIT to the port with an INIT ACK that holds NAME
sctp.py ask ADDRESS PORT COUNT      sends COUNT INITs, each from a port of its own; prints a line
                                    each: the NAME, `refused` or `silent`

Shapes of packets: RFC 9260, section 3; the checksum is CRC32c.
"""

import random
import socket
import struct
import sys
import time

SCTP = 132
INIT, INIT_ACK = 1, 2
STATE_COOKIE = 7


def _table():
    table = []
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (0x82F63B78 if number & 1 else 0)
        table.append(number)
    return table


CRC = _table()


def checksum(packet):
    crc = 0xFFFFFFFF
    for byte in packet:
        crc = crc >> 8 ^ CRC[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def packet(source, destination, tag, chunk_type, parameters=b""):
    """A packet with one chunk of the form that INIT and INIT ACK share."""
    own_tag = random.randrange(1, 1 << 32)
    body = struct.pack("!IIHHI", own_tag, 65536, 1, 1, random.randrange(1 << 32)) + parameters
    chunk = struct.pack("!BBH", chunk_type, 0, 4 + len(body)) + body
    chunk += b"\0" * (-len(chunk) % 4)
    header = struct.pack("!HHII", source, destination, tag, 0)
    total = checksum(header + chunk)
    return header[:8] + struct.pack("<I", total) + chunk


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def payload(family, data):
    """What follows the IP header; IPv6 sockets leave it out themselves."""
    return data if family == socket.AF_INET6 else data[(data[0] & 15) * 4 :]


def serve(name, port, address="0.0.0.0"):
    family = family_of(address)
    server = socket.socket(family, socket.SOCK_RAW, SCTP)
    server.bind((address, 0))
    cookie = struct.pack("!HH", STATE_COOKIE, 4 + len(name)) + name.encode()
    print("ready", flush=True)
    while True:
        data, peer = server.recvfrom(2048)
        received = payload(family, data)
        if len(received) < 20:
            continue
        source, destination, _, _, chunk_type = struct.unpack_from("!HHIIB", received)
        if destination != port or chunk_type != INIT:
            continue
        (tag,) = struct.unpack_from("!I", received, 16)
        server.sendto(packet(port, source, tag, INIT_ACK, cookie), (peer[0], 0))


def ask_once(address, port):
    family = family_of(address)
    client = socket.socket(family, socket.SOCK_RAW, SCTP)
    # The kernel hands on ICMP errors to raw sockets that ask for them, or are connected.
    client.connect((address, 0))
    source = random.randrange(20000, 60000)
    init = packet(source, port, 0, INIT)
    return ask_within(0.7, client, source, init) or ask_within(1.5, client, source, init) or "silent"


def ask_within(seconds, client, source, init):
    """The name that answers an INIT, or `refused`; None if nobody says anything for so long."""
    family = client.family
    deadline = time.monotonic() + seconds
    try:
        client.send(init)
        while (left := deadline - time.monotonic()) > 0:
            client.settimeout(left)
            received = payload(family, client.recv(2048))
            if len(received) < 36:
                continue
            _, destination, _, _, chunk_type = struct.unpack_from("!HHIIB", received)
            if destination != source or chunk_type != INIT_ACK:
                continue
            length = struct.unpack_from("!H", received, 34)[0]
            return received[36 : 32 + length].decode()
    except socket.timeout:
        pass
    except OSError:
        return "refused"
    return None


if sys.argv[1] == "serve":
    serve(sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
else:
    for _ in range(int(sys.argv[4])):
        print(ask_once(sys.argv[2], int(sys.argv[3])), flush=True)
