# What a pod finds Services by, as a kubelet would give it: variables, resolv.conf and hosts.
# shellcheck shell=bash
#
# `ip netns exec` binds the files of /etc/netns/NAMESPACE over those of /etc, and `enter` reads the
# variables. Both are as they were when the pod's server was last started.

pod_files() { echo "/etc/netns/$(namespace "$1")"; }

# Asks the API what a pod is given now, and writes that down.
prepare_pod() {
    local pod=$1 variables=$lab_state/hosts/$1/variables
    local -a asked=(--api "$api_url" --service-cidr "$service_cidrs" --pod "default/$1")
    run_in control sluice resolvconf "${asked[@]}" --host-resolv-conf "$lab_state/resolv.conf" \
        --write "$(pod_files "$pod")" || return
    run_in control sluice env "${asked[@]}" >"$variables.new" || return
    mv "$variables.new" "$variables"
}

# What the nodes' own file says; this machine's says what cannot be reached from the lab.
write_node_resolver() { echo "nameserver $outside_names" >"$lab_state/resolv.conf"; }

pod_files_down() {
    local pod
    for pod in $(pod_names); do
        rm -rf "$(pod_files "$pod")"
    done
    rmdir --ignore-fail-on-non-empty /etc/netns 2>/dev/null || true
}
