# Which program is which role, with which arguments, and when it is ready.
# shellcheck shell=bash

tools=${SLUICE_TOOLS:-$here/../.build-tools}
ready_seconds=20

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
    *) usage_error "there is no role '$role'" ;;
    esac
}

answers() { run_in "$1" curl --silent --fail --max-time 1 --output /dev/null "$2" 2>/dev/null; }

has_vips() {
    [[ -n $(ip_in "$1" -o address show dev eth0 to "${vip_cidrs%,*}") ]]
}

is_ready() {
    case $2 in
    backend) answers "$1" http://127.0.0.1:8080/healthz ;;
    api) answers "$1" "$api_url/api/v1/services?limit=1" ;;
    proxy) answers "$1" http://127.0.0.1:10256/readyz ;;
    balancer) has_vips "$1" ;;
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

daemons_up() {
    local node
    launch control api
    wait_until_ready control api
    for node in "${nodes[@]}"; do
        launch "node$node" proxy
    done
    launch balancer balancer
    for node in "${nodes[@]}"; do
        wait_until_ready "node$node" proxy
    done
    wait_until_ready balancer balancer
}
