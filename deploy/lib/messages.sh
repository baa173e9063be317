# Messages, failures and waiting, for every program of deploy/.
# shellcheck shell=bash

# Whatever is told goes to standard error: standard output belongs to the commands that run.
tell() { printf '%s\n' "$*" >&2; }

# A heading with the seconds since the program began.
step() { tell $'\n'"== $* (${SECONDS} s)"; }

# fail STATUS WORDS…
fail() {
    local status=$1
    shift
    tell "$(basename "$0"): $*"
    exit "$status"
}

# The comment at the head of the program.
usage() { sed -n '2,/^set /{/^#/{s/^# \{0,1\}//;p}}' "$0" >&2; }

usage_error() { fail 2 "$*; run '$0 help'"; }

# Runs a command again and again until it succeeds: wait_for SECONDS COMMAND…
wait_for() {
    local seconds=$1 deadline
    shift
    deadline=$((${EPOCHREALTIME/./} + seconds * 1000000))
    until "$@"; do
        ((${EPOCHREALTIME/./} < deadline)) || return 1
        sleep 0.02
    done
}
