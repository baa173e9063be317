"""The servers that are compared, each over the same names on a port of its own."""

import os

import daemons
import tools
from names import NODE_NAME, SERVICE_RANGE, ZONE
from process import BenchmarkFailure

ADDRESS = "127.0.0.1"
PORTS = {"sluice": 5301, "unbound": 5302, "knot": 5303}
PACKAGES = {"unbound": "unbound", "knotd": "knot", "dnsperf": "dnsperf", "dig": "dnsutils"}


def require_tools():
    """Says which of Debian's packages are missing."""
    missing = [package for program, package in PACKAGES.items() if tools.find(program) is None]
    if missing:
        raise BenchmarkFailure(f"run: apt-get install --yes {' '.join(missing)}")


def start_api(host, program):
    """`sluice api` over the host's manifests; returns when it answers."""
    daemons.start_api(host, program, host.folder, "--service-cidr", SERVICE_RANGE)


def start_sluice(host, program):
    """`sluice dns`; without a rate limit, because all questions here come from one client."""
    server = host.start(
        program, "dns", "--api", daemons.API_URL, "--node-name", NODE_NAME,
        "--listen", f"{ADDRESS}:{PORTS['sluice']}", "--service-cidr", SERVICE_RANGE,
        "--client-rate", "0", *daemons.folders(host.folder, "dns"))
    server.wait_for("all names are known", daemons.START_SECONDS)
    return server


def start_unbound(host, names, threads):
    """unbound with the names as local data."""
    folder = host.path("unbound")
    path = os.path.join(folder, "unbound.conf")
    with open(path, "w") as file:
        file.write(f"""server:
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: "{folder}/unbound.pid"
    use-syslog: no
    do-daemonize: no
    interface: {ADDRESS}
    port: {PORTS['unbound']}
    access-control: 127.0.0.0/8 allow
    num-threads: {threads}
    so-reuseport: yes
    module-config: "iterator"
    local-zone: "{ZONE}." static
""")
        for owner, kind, data in names.records():
            file.write(f"    local-data: \"{owner}. 5 IN {kind} {data}\"\n")
        file.write("remote-control:\n    control-enable: no\n")
    return host.start(tools.find("unbound"), "-d", "-p", "-c", path)


def start_knot(host, names, threads):
    """knot with the names as a zone file."""
    folder = host.path("knot")
    zone = os.path.join(folder, "zone")
    with open(zone, "w") as file:
        file.write(f"$ORIGIN {ZONE}.\n$TTL 5\n@ SOA ns.dns hostmaster 1 7200 1800 86400 5\n")
        file.write("@ NS ns.dns\nns.dns A 127.0.0.1\n")
        for owner, kind, data in names.records():
            file.write(f"{owner}. {kind} {data}\n")
    path = os.path.join(folder, "knot.conf")
    with open(path, "w") as file:
        file.write(f"""server:
    rundir: "{folder}"
    listen: {ADDRESS}@{PORTS['knot']}
    udp-workers: {threads}
database:
    storage: "{folder}"
zone:
  - domain: {ZONE}
    file: "{zone}"
    zonefile-sync: -1
    journal-content: none
""")
    return host.start(tools.find("knotd"), "-c", path)


def wait_until_answering(host, server, name, address):
    """Waits until a server answers as it must."""
    said = ""
    for _ in range(60):
        said = host.run(
            "dig", "+short", "+tries=1", "+time=1", f"@{ADDRESS}", "-p", str(PORTS[server]),
            name, "A")[1]
        if said == address:
            return
    raise BenchmarkFailure(f"{server} does not answer for {name}; it says: {said}")
