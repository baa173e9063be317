#!/usr/bin/env python3
"""What checks ask, at all addresses of a host, until it is killed.

checked.py CERTIFICATE KEY DATAGRAM STATE

TCP 9443  HTTPS with the certificate of that file, `200 OK` to every request
UDP 9053  answers each datagram with the text DATAGRAM
TCP 9051  grpc.health.v1.Health/Check over HTTP/2 without TLS: every service has this STATE,
          1 for SERVING, 2 for NOT_SERVING
Says `ready` when all three listen.
"""

import socket
import ssl
import struct
import sys
import threading

DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
END_STREAM, END_HEADERS, ACKNOWLEDGED = 1, 4, 1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def listen(port):
    return socket.create_server(
        ("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64)


def serve(listening, talk):
    """A thread for the server and one for each connection."""
    def attempt(connection):
        try:
            with connection:
                talk(connection)
        except (OSError, EOFError):
            pass

    def accept():
        while True:
            connection, _ = listening.accept()
            connection.settimeout(30)
            threading.Thread(target=attempt, args=(connection,), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()


def exactly(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def https(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def talk(connection):
        with context.wrap_socket(connection, server_side=True) as encrypted:
            if encrypted.recv(65536):
                encrypted.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    return talk


def frame(kind, flags, stream, payload=b""):
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def literal(name, value):
    """A header field without indexing and without Huffman's code (RFC 7541 section 6.2.2)."""
    return (b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode())


def grpc(state):
    def talk(connection):
        exactly(connection, len(PREFACE))
        connection.sendall(frame(SETTINGS, 0, 0))
        while True:
            head = exactly(connection, 9)
            length = int.from_bytes(head[:3], "big")
            kind, flags, stream = struct.unpack("!BBI", head[3:])
            payload = exactly(connection, length)
            if kind == SETTINGS and not flags & ACKNOWLEDGED:
                connection.sendall(frame(SETTINGS, ACKNOWLEDGED, 0))
            elif kind == PING and not flags & ACKNOWLEDGED:
                connection.sendall(frame(PING, ACKNOWLEDGED, 0, payload))
            elif kind == DATA and flags & END_STREAM:
                # 0x88 is `:status: 200` of the static table.
                fields = b"\x88" + literal("content-type", "application/grpc")
                connection.sendall(
                    frame(HEADERS, END_HEADERS, stream, fields)
                    + frame(DATA, 0, stream, bytes([0, 0, 0, 0, 2, 8, state]))
                    + frame(HEADERS, END_HEADERS | END_STREAM, stream,
                            literal("grpc-status", "0")))
    return talk


certificate, key, datagram, state = sys.argv[1:]
serve(listen(9443), https(certificate, key))
serve(listen(9051), grpc(int(state)))
with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as answering:
    answering.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    answering.bind(("::", 9053))
    print("ready", flush=True)
    while True:
        _, sender = answering.recvfrom(2048)
        answering.sendto(datagram.encode(), sender)
