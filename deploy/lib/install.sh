# What has to be on the machine before anything is built, for deploy/demo and deploy/test.
# shellcheck shell=bash

# To build: the two Netlink libraries, SQLite, zlib, a C compiler. To run the lab: the rest.
packages=(libnftnl-dev libmnl-dev libsqlite3-dev zlib1g-dev libc6-dev gcc make pkg-config git
    nftables iproute2 conntrack iputils-ping curl jq dnsutils dnsmasq-base python3)
# For tests alone. As services they do next to nothing with the configuration that Debian gives
# them: bird speaks to nobody, keepalived does not start.
test_packages=(bird2 keepalived)
swift_needed=6.3

require_root() {
    ((EUID == 0)) || fail 1 "network namespaces and nftables need root; run it with sudo"
}

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

install_missing() {
    local package
    local -a missing=()
    command -v apt-get >/dev/null || fail 1 "this needs Debian's apt-get; elsewhere, install what" \
        "Debian calls ${packages[*]}, and run 'swift build' and 'swift test'"
    for package in "${packages[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        tell "packages: all there"
        return
    fi
    tell "packages: installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet --quiet >&2
    apt-get install --yes --no-install-recommends "${missing[@]}" >&2
}

require_swift() {
    local version
    command -v swift >/dev/null \
        || fail 1 "there is no 'swift' in PATH; Sluice needs Swift $swift_needed or newer:" \
            "https://www.swift.org/install/linux/"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p')
    [[ $(printf '%s\n' "$swift_needed" "$version" | sort --version-sort | head -n 1) \
        == "$swift_needed" ]] \
        || fail 1 "this is Swift ${version:-of an unknown version}; Sluice needs $swift_needed" \
            "or newer: https://www.swift.org/install/linux/"
    tell "swift: $version"
}
