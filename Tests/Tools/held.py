#!/usr/bin/env python3
"""Holds connections on which it always has something to say.

held.py PORT COUNT ADDRESS…

Opens COUNT connections to each address and says one more byte of a request on each of them ten
times a second, so that it learns soon of one that is no more. Prints `begun` when all of them
stand, and `broken NUMBER` whenever more of them are broken. It goes on until it is killed.
"""

import socket
import sys
import time

# As long as a silent node may take to come back; the kernel itself would wait a quarter of an hour.
PATIENCE_SECONDS = 300

port, count = int(sys.argv[1]), int(sys.argv[2])
held = [socket.create_connection((address, port), 10)
        for address in sys.argv[3:] for _ in range(count)]
for connection in held:
    connection.setblocking(False)
    connection.sendall(b"GET /")
print("begun", flush=True)
until = time.monotonic() + PATIENCE_SECONDS
broken = 0
while time.monotonic() < until:
    time.sleep(0.1)
    alive = []
    for connection in held:
        try:
            connection.send(b"x")
            alive.append(connection)
        except BlockingIOError:
            alive.append(connection)
        except OSError:
            broken += 1
    if len(alive) < len(held):
        print("broken", broken, flush=True)
    held = alive
