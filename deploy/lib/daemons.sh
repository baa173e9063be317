# Which program is which role, with which arguments, and when it is ready.
# shellcheck shell=bash

tools=${SLUICE_TOOLS:-$here/../.build-tools}
ready_seconds=20

# A record that no datagram of 1,232 bytes holds.
mapfile -t long_record < <(printf -- '--txt-record=long.example.test,text number %s of forty\n' {1..40})

build_tools() {
    mkdir -p "$tools"
    exec {tools_lock}>"$tools/.lock"
    flock "$tools_lock"
    make --silent -C "$here/../Tests/Tools" OUT="$(realpath "$tools")" >&2
    exec {tools_lock}>&-
}

# Prints the sluice to run: SLUICE_BIN, the one that `up` took, or the newest of those built here.
find_sluice() {
    local root newest='' candidate
    root=$(dirname "$here")
    if [[ -n ${SLUICE_BIN:-} ]]; then
        [[ -x $SLUICE_BIN ]] || fail 1 "SLUICE_BIN: '$SLUICE_BIN' is not a program"
        realpath "$SLUICE_BIN"
        return
    fi
    if [[ -f $lab_state/sluice ]]; then
        cat "$lab_state/sluice"
        return
    fi
    for candidate in "$root"/.build-release/release/sluice "$root"/.build/{release,debug}/sluice; do
        if [[ -x $candidate ]] && [[ -z $newest || $candidate -nt $newest ]]; then
            newest=$candidate
        fi
    done
    [[ -n $newest ]] || fail 1 "there is no sluice yet; build it first: swift build"
    echo "$newest"
}

# launch HOST ROLE ARG…: starts a role with its usual arguments, those of `up`, and these
launch() {
    local host=$1 role=$2
    shift 2
    local -a more=()
    if [[ -f $lab_state/arguments/$role ]]; then
        read -r -a more <"$lab_state/arguments/$role" || true
    fi
    case $role in
    backend)
        if [[ -f $lab_state/sluice ]] && ! prepare_pod "$host"; then
            tell "the API does not say what $host is given; it keeps what it had"
        fi
        spawn "$host" backend "$tools/backend" -n "$host" -p 8080 -u 5353 "$@"
        ;;
    api)
        spawn "$host" api "$(find_sluice)" api --manifests "$lab_state/manifests" \
            --listen "$api_address:6440" --state /var/lib/sluice \
            --service-cidr "$service_cidrs" --load-balancer-pool "$vip_cidrs" "${more[@]}" "$@"
        ;;
    proxy)
        spawn "$host" proxy "$(find_sluice)" proxy --api "$api_url" --node-name "$host" \
            --service-cidr "$service_cidrs" --pod-cidr "$pod_cidrs" "${more[@]}" "$@"
        ;;
    balancer)
        spawn "$host" balancer "$(find_sluice)" balancer --api "$api_url" --interface eth0 \
            --check-interval 200ms --fall 2 "${more[@]}" "$@"
        ;;
    dns)
        spawn "$host" dns "$(find_sluice)" dns --api "$api_url" --node-name "$host" \
            --service-cidr "$service_cidrs" --pod-cidr "$pod_cidrs" --upstream "$outside_names" \
            "${more[@]}" "$@"
        ;;
    outside)
        spawn "$host" outside dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= \
            --no-resolv --no-hosts --user=root --cache-size=0 --bind-interfaces \
            --listen-address="$outside_names" --local-ttl=2 --edns-packet-max=4096 \
            --host-record=www.example.test,192.0.2.80,2001:db8:1::80 \
            --ptr-record=80.2.0.192.in-addr.arpa,www.example.test \
            --host-record=db.acme.local,192.0.2.33 --local=/test/ --local=/acme.local/ \
            "${long_record[@]}" "$@"
        ;;
    bird) bird_up "$host" "$@" ;;
    keepalived) keepalived_up "$host" "$@" ;;
    *) usage_error "there is no role '$role'" ;;
    esac
}

answers() { run_in "$1" curl --silent --fail --max-time 1 --output /dev/null "$2" 2>/dev/null; }

# On its interface or on lo. The second balancer waits for its turn, and has none before.
has_vips() {
    [[ $1 != balancer || -n $(ip_in "$1" -o address show to "${vip_cidrs%,*}") ]]
}

is_ready() {
    case $2 in
    backend) answers "$1" http://127.0.0.1:8080/healthz ;;
    api) answers "$1" "$api_url/api/v1/services?limit=1" ;;
    proxy) answers "$1" http://127.0.0.1:10256/readyz ;;
    balancer) answers "$1" http://127.0.0.1:10257/readyz && has_vips "$1" ;;
    dns) answers "$1" http://127.0.0.1:8181/readyz ;;
    outside) run_in "$1" dig +short +tries=1 +time=1 "@$outside_names" www.example.test \
        | grep --quiet 192.0.2.80 ;;
    bird) bird_answers "$1" ;;
    keepalived) [[ -s $lab_state/hosts/$1/vrrp.pid ]] ;;
    esac
}

is_ready_or_dead() { is_dead "$1" "$2" || is_ready "$1" "$2"; }

wait_until_ready() {
    local host=$1 role=$2 what="is not ready after $ready_seconds s"
    if wait_for "$ready_seconds" is_ready_or_dead "$host" "$role"; then
        ! is_dead "$host" "$role" || what="ended"
        [[ $what != ended ]] && return
    fi
    tail -n 20 "$lab_state/logs/$host.$role" >&2
    fail 1 "$role in $host $what; its last words are above"
}

backends_up() {
    local pod
    for pod in $(pod_names); do
        launch "$pod" backend
    done
    for pod in $(pod_names); do
        wait_until_ready "$pod" backend
    done
}

# The pods' servers come after the API, which says what they are given, and before the rest.
api_up() {
    launch control api
    launch control outside
    wait_until_ready control api
    wait_until_ready control outside
}

daemons_up() {
    local node
    for node in "${nodes[@]}"; do
        launch "node$node" proxy
        launch "node$node" dns
    done
    launch balancer balancer
    for node in "${nodes[@]}"; do
        wait_until_ready "node$node" proxy
        wait_until_ready "node$node" dns
    done
    wait_until_ready balancer balancer
}
