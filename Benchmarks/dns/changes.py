"""How soon a change of the manifests can be asked for."""

import ipaddress
import os
import socket
import struct
import subprocess
import sys
import time

POLL_SECONDS = 0.0005
GIVE_UP_SECONDS = 30


def question(name, number):
    """A question for the A records of a name, on the wire."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"


def answered(reply, number):
    """The address at the end of a reply with one A record; "" if there is none."""
    found, _, _, answers, authorities, _ = struct.unpack("!6H", reply[:12])
    if found != number or answers != 1 or authorities != 0:
        return ""
    return str(ipaddress.ip_address(reply[-4:]))


def wait_for(connection, name, address):
    """Asks until the answer is the expected one; returns when it came."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    number = 0
    while time.monotonic() < deadline:
        number = number % 65_535 + 1
        connection.send(question(name, number))
        if answered(connection.recv(4096), number) == address:
            return time.monotonic()
        time.sleep(POLL_SECONDS)
    raise TimeoutError(f"{name} did not become '{address}' within {GIVE_UP_SECONDS} s")


def serve(server, port):
    """Reads `NAME ADDRESS` lines (`-` for no address) and prints when each became true."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.connect((server, int(port)))
        connection.settimeout(5)
        for line in sys.stdin:
            name, address = line.split()
            print(wait_for(connection, name, address.strip("-")), flush=True)


class Asker:
    """A process in the host's namespace that asks until an answer is the expected one."""

    def __init__(self, host, server, port):
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", host.name, sys.executable, os.path.abspath(__file__), server,
             str(port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def when(self, name, address):
        """When a name has this address (None: no address any more), on the monotonic clock."""
        self.process.stdin.write(f"{name} {address or '-'}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


if __name__ == "__main__":
    serve(*sys.argv[1:])
