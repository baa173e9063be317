# The lab's processes: each has a host and a role, one pid file and one log.
# shellcheck shell=bash

# Runs a command in a host in place of this process. Hosts share the machine's files, except that
# each has a /run/sluice (sockets, locks) and a /var/lib/sluice (state) of its own; a pod has its
# variables and its files in /etc besides.
enter() {
    local host=$1
    shift
    (($#)) || usage_error "a command is missing"
    mkdir -p /run/sluice /var/lib/sluice
    local path=$tools
    [[ -z ${sluice:=$(find_sluice 2>/dev/null || true)} ]] || path+=:$(dirname "$sluice")
    PATH=$path:$PATH exec ip netns exec "$(namespace "$host")" bash -c '
        mount --bind "$1/run" /run/sluice && mount --bind "$1/lib" /var/lib/sluice || exit 125
        [[ ! -f $1/variables ]] || source "$1/variables"
        shift
        exec "$@"' enter "$lab_state/hosts/$host" "$@"
}

# run_in HOST CMD…: the same in a child process
run_in() { (enter "$@"); }

# When a process started, in clock ticks since boot: with the pid it names a process for good.
started_at() {
    local line
    { line=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    line=${line##*) }
    local -a fields
    read -r -a fields <<<"$line"
    echo "${fields[19]}"
}

pid_file() { echo "$lab_state/pids/$1.$2"; }

# Prints the pid of a running process; fails when it is dead (a zombie is).
running_pid() {
    local pid started state
    [[ -f $(pid_file "$1" "$2") ]] || return 1
    read -r pid started <"$(pid_file "$1" "$2")"
    [[ $(started_at "$pid") == "$started" ]] || return 1
    state=$(sed 's/.*) //; s/ .*//' "/proc/$pid/stat" 2>/dev/null) || return 1
    [[ $state != Z ]] && echo "$pid"
}

is_dead() { ! running_pid "$1" "$2" >/dev/null; }

# Closes what this shell inherited from whoever called: a process that lives on would hold it open,
# and who waits for the end of a pipe would wait for the end of the process. Bash closes its own 255.
close_inherited() {
    local path descriptor
    for path in "/proc/$BASHPID/fd/"*; do
        descriptor=${path##*/}
        ((descriptor < 3 || descriptor == 255)) || exec {descriptor}>&-
    done
}

# spawn HOST ROLE CMD…: starts a process that outlives this program
spawn() {
    local host=$1 role=$2 log=$lab_state/logs/$1.$2 pid
    shift 2
    (close_inherited && enter "$host" setsid "$@") </dev/null >>"$log" 2>&1 &
    pid=$!
    echo "$pid $(started_at "$pid")" >"$(pid_file "$host" "$role")"
    disown "$pid"
}

# end_process HOST ROLE SIGNAL: signals it and waits until it is gone
end_process() {
    local pid
    pid=$(running_pid "$1" "$2") || return 0
    kill -s "$3" "$pid" 2>/dev/null || true
    wait_for 10 is_dead "$1" "$2"
}

process_kill() {
    local host=$1 role=${2:-} signal=${3:-TERM}
    [[ -n $role ]] || usage_error "a role is missing"
    running_pid "$host" "$role" >/dev/null || fail 1 "no $role runs in $host"
    end_process "$host" "$role" "$signal" || fail 1 "$role in $host is still there after 10 s"
    # What `up` did not start is not missed when it has been ended.
    grep --quiet --line-regexp --fixed-strings "$host.$role" "$lab_state/belongs" \
        || rm -f "$(pid_file "$host" "$role")"
}

process_start() {
    local host=$1 role=${2:-}
    [[ -n $role ]] || usage_error "a role is missing"
    shift 2
    is_dead "$host" "$role" || fail 1 "$role runs in $host already"
    launch "$host" "$role" "$@"
    wait_until_ready "$host" "$role"
}

processes_status() {
    local file host role pid state status=0
    for file in "$lab_state"/pids/*; do
        [[ -e $file ]] || continue
        host=${file##*/} role=${file##*.}
        host=${host%.*} state=running
        pid=$(running_pid "$host" "$role") || { pid=- state=dead status=1; }
        printf '%s\t%s\t%s\t%s\n' "$host" "$role" "$pid" "$state"
    done
    return "$status"
}

processes_logs() {
    local host=$1 role=${2:-} file
    for file in "$lab_state/logs/$host".${role:-*}; do
        if [[ -e $file ]]; then
            cat "$file"
        fi
    done
}

# Ends what the lab started, and then what others started inside its hosts through `exec`.
processes_down() {
    local file host role pid
    for file in "$lab_state"/pids/*; do
        [[ -e $file ]] || continue
        host=${file##*/} role=${file##*.}
        if pid=$(running_pid "${host%.*}" "$role"); then
            kill -TERM "$pid" 2>/dev/null || true
        fi
    done
    for file in "$lab_state"/pids/*; do
        [[ -e $file ]] || continue
        host=${file##*/} role=${file##*.}
        wait_for 5 is_dead "${host%.*}" "$role" || end_process "${host%.*}" "$role" KILL || true
    done
    for host in $(host_names); do
        [[ -e /run/netns/$(namespace "$host") ]] || continue
        for pid in $(ip netns pids "$(namespace "$host")"); do
            kill -KILL "$pid" 2>/dev/null || true
        done
    done
}
