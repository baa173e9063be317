#!/usr/bin/env python3
"""Asks a segment again and again who has some addresses, and says whenever the answer is another.

answerers.py INTERFACE ADDRESS…

Each line is one JSON object: {"address": …, "by": [hardware addresses]}, the answers to one
question by ARP or neighbour solicitation. Announcements, which nobody asked for, do not count.
The first line is {"asking": true}. It goes on until it is killed.
"""

import fcntl
import ipaddress
import json
import select
import socket
import struct
import sys
import time

PAUSE = 0.05
SIOCGIFHWADDR = 0x8927
ETHERTYPE_ARP, ETHERTYPE_IPV6 = 0x0806, 0x86DD
SOLICITATION, ADVERTISEMENT, SOLICITED = 135, 136, 0x40


def text(hardware):
    return ":".join(f"{byte:02x}" for byte in hardware)


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def own_address(interface, target):
    """The address of this host from which the kernel would send to the target."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as asking:
        asking.connect((str(target), 9))
        return ipaddress.ip_address(asking.getsockname()[0])


def arp_question(own, target):
    # A sender of 0.0.0.0 asks without telling anything (RFC 5227).
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + own + bytes(4) + bytes(6) + target.packed
    return b"\xff" * 6 + own + struct.pack("!H", ETHERTYPE_ARP) + body


def solicitation(own, source, target):
    group = ipaddress.ip_address("ff02::1:ff00:0").packed[:13] + target.packed[13:]
    body = struct.pack("!BBHI", SOLICITATION, 0, 0, 0) + target.packed + b"\x01\x01" + own
    pseudo = source.packed + group + struct.pack("!II", len(body), socket.IPPROTO_ICMPV6)
    body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
    header = struct.pack("!IHBB", 6 << 28, len(body), socket.IPPROTO_ICMPV6, 255)
    return (b"\x33\x33" + group[12:] + own + struct.pack("!H", ETHERTYPE_IPV6) + header
            + source.packed + group + body)


def answer(frame, own):
    """Which address a frame says to be whose, if it answers a question of ours."""
    if frame[:6] != own:
        return None
    kind = struct.unpack("!H", frame[12:14])[0]
    if kind == ETHERTYPE_ARP and frame[20:22] == b"\x00\x02":
        return ipaddress.ip_address(frame[28:32]), text(frame[22:28])
    if kind == ETHERTYPE_IPV6 and len(frame) >= 78 and frame[54] == ADVERTISEMENT:
        if frame[58] & SOLICITED:
            return ipaddress.ip_address(frame[62:78]), text(frame[6:12])
    return None


def main():
    interface, targets = sys.argv[1], [ipaddress.ip_address(one) for one in sys.argv[2:]]
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    wire.bind((interface, 0))
    name = struct.pack("256s", interface.encode())
    own = fcntl.ioctl(wire.fileno(), SIOCGIFHWADDR, name)[18:24]
    questions = [
        arp_question(own, one) if one.version == 4
        else solicitation(own, own_address(interface, one), one)
        for one in targets
    ]
    known = {}
    print(json.dumps({"asking": True}), flush=True)
    while True:
        for question in questions:
            wire.send(question)
        answers = {one: set() for one in targets}
        end = time.monotonic() + PAUSE
        while (left := end - time.monotonic()) > 0:
            if not select.select([wire], [], [], left)[0]:
                break
            found = answer(wire.recv(2048), own)
            if found and found[0] in answers:
                answers[found[0]].add(found[1])
        for one, by in answers.items():
            if by and known.get(one) != by:
                known[one] = by
                print(json.dumps({"address": str(one), "by": sorted(by)}), flush=True)


main()
