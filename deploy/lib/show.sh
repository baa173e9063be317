# What deploy/demo shows: traffic with its counts for each pod, and whether it was as promised.
# shellcheck shell=bash

sent=0 answered=0 turned_away=0 connected_before=0 checks_failed=0

# in_lab HOST CMD…
in_lab() { "$here/lab" exec "$@"; }

# A number out of loadgen's JSON: field NAME JSON
field() { jq --raw-output ".$1" <<<"$2"; }

# Prints ok or FAILED, and remembers failures: verdict STATUS
verdict() {
    if (($1 == 0)); then
        echo ok
    else
        checks_failed=$((checks_failed + 1))
        echo FAILED
    fi
}

# Takes loadgen's JSON as the `result`, and adds it up.
take_result() {
    result=$1
    sent=$((sent + $(jq '.ok + .errors' <<<"$result")))
    answered=$((answered + $(field ok "$result")))
}

# How often each pod answered, in the order of `pods`.
counts() {
    local pod
    for pod in "${pods[@]}"; do
        printf '%6s' "$(jq --arg pod "$pod" '.by_name[$pod] // 0' <<<"$1")"
    done
}

print_heading() {
    local pod
    printf '\n%-12s %-32s %6s %6s ' from to ok failed
    for pod in "${pods[@]}"; do
        printf '%6s' "${pod//[a-z]/}"
    done
    printf '   (columns: node-pod)\n'
}

# One row: 120 requests, all answered, by every pod: show_spread HOST tcp|udp TARGET
show_spread() {
    local host=$1 protocol=$2 target=$3 status=0
    take_result "$(in_lab "$host" loadgen -j -m "$protocol" -n 120 -c 8 "$target")"
    [[ $(jq '.ok == 120 and (.by_name | length) == $pods' --argjson pods "${#pods[@]}" \
        <<<"$result") == true ]] || status=1
    printf '%-12s %-32s %6s %6s %s   ' "$host" "$protocol $target" "$(field ok "$result")" \
        "$(field errors "$result")" "$(counts "$result")"
    verdict "$status"
}

# One row: three connections that end as FAILURE, and no other way: show_failure HOST TARGET FAILURE
show_failure() {
    local host=$1 target=$2 failure=$3 status=0
    take_result "$(in_lab "$host" loadgen -j -n 3 -t 1000 "$target")"
    turned_away=$((turned_away + $(field "err_$failure" "$result")))
    [[ $(field "err_$failure" "$result") == 3 ]] || status=1
    printf '%-12s %-32s %6s %6s %s   ' "$host" "tcp $target" "$(field ok "$result")" \
        "$(field errors "$result")" "$failure"
    verdict "$status"
}

# One exchange in flight when a node dies has the node for its peer, and nothing can move it:
# was_connected_before TIME says that this is all that failed.
was_connected_before() {
    jq --exit-status --argjson happened "$1" \
        '.errors == 1 and .started_at + .last_fail_ms / 1000 < $happened' <<<"$result" >/dev/null
}

# Load through the load balancer's addresses while something happens after two seconds:
# show_death SECONDS COMMAND…
show_death() {
    local seconds=$1 output=$scratch/load.json loader happened status=0
    shift
    in_lab client loadgen -j -i 1000 -r 200 -d "$seconds" -t 3000 -c 2000 \
        "${vips[@]/%/:80}" >"$output" &
    loader=$!
    sleep 2
    tell "  --- now: $*"
    "$here/lab" "$@"
    happened=$(date +%s.%N)
    wait "$loader"
    take_result "$(<"$output")"
    [[ $(field errors "$result") == 0 ]] || status=1
    if ((status)) && was_connected_before "$happened"; then
        status=0 connected_before=$((connected_before + 1))
        tell "  one request had its connection to the node when it died: that one is lost"
    fi
    jq --raw-output '"  \(.ok) answered, \(.errors) failed, \(.slow) slower than 0.5 s; "
        + "median \(.p50_us) us, slowest \(.max_us / 1000 | round) ms"' <<<"$result"
    printf '  by pod: %s   ' "$(jq --compact-output .by_name <<<"$result")"
    verdict "$status"
}
