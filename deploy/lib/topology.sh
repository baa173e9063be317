# The lab's hosts, links, addresses and routes.
# shellcheck shell=bash
#
# Host N of the nodes has 192.168.50.N and fd50::N; its pods live in 10.244.N.0/24 and
# fd44:0:0:N::/64, pod M at M + 1. A pod is joined to its node by a link of its own with the
# gateway's address on the node's side, as the CNI plugin `ptp` does it: no bridge, no NAT.

nodes=(1 2 3)
pods_a_node=(1 2)
service_cidrs=10.96.0.0/12,fd96::/112
pod_cidrs=10.244.0.0/16,fd44::/48
vip_cidrs=198.51.100.0/24,fd98::/112
api_address=192.168.50.20
api_url=http://$api_address:6440
# Whom nodes ask for names that are not the cluster's; the lab itself starts no server there.
outside_names=$api_address

pod_names() {
    local node pod
    for node in "${nodes[@]}"; do
        for pod in "${pods_a_node[@]}"; do
            echo "node$node-pod$pod"
        done
    done
}

host_names() {
    printf '%s\n' client router balancer balancer2 control "${nodes[@]/#/node}"
    pod_names
}

namespace() { echo "$lab-$1"; }

# ip_in HOST ARG…: the ip command in a host
ip_in() {
    local host=$1
    shift
    ip -n "$(namespace "$host")" "$@"
}

# Carries out a host's batch of ip commands from standard input.
configure() { ip_in "$1" -batch -; }

# set_sysctls HOST NAME=VALUE…, names with slashes from net/ on
set_sysctls() {
    local host=$1
    shift
    ip netns exec "$(namespace "$host")" bash -c '
        for setting; do echo "${setting#*=}" >"/proc/sys/net/${setting%%=*}"; done' set "$@"
}

# A namespace whose addresses are usable at once (no duplicate address detection) and that neither
# forwards nor listens to router advertisements, like a fresh server.
create_host() {
    local host=$1 scope settings=(ipv4/ip_forward=0)
    for scope in all default; do
        settings+=("ipv6/conf/$scope/disable_ipv6=0" "ipv6/conf/$scope/accept_dad=0"
            "ipv6/conf/$scope/accept_ra=0" "ipv6/conf/$scope/forwarding=0")
    done
    mkdir -p "$lab_state/hosts/$host"/{run,lib}
    ip netns add "$(namespace "$host")"
    set_sysctls "$host" "${settings[@]}"
    ip_in "$host" link set lo up
}

# Joins HOST, as eth0, to a port of the router's bridge that is named after the host.
join_segment() {
    local host=$1 v4=$2 v6=$3
    ip_in "$host" link add eth0 type veth peer name "$host" netns "$(namespace router)"
    configure "$host" <<END
address add $v4/24 dev eth0
address add $v6/64 dev eth0 nodad
link set eth0 up
END
    ip_in router link set "$host" master lan up
}

create_router() {
    create_host router
    set_sysctls router ipv4/ip_forward=1 ipv6/conf/all/forwarding=1
    configure router <<END
link add lan type bridge forward_delay 0 mcast_snooping 0
address add 192.168.50.254/24 dev lan
address add fd50::254/64 dev lan nodad
link set lan up
END
}

# The VIPs' ranges lie on the segment: the router asks there who has a VIP, and the balancer says so.
route_router() {
    local node
    {
        for node in "${nodes[@]}"; do
            echo "route add 10.244.$node.0/24 via 192.168.50.$node"
            echo "route add fd44:0:0:$node::/64 via fd50::$node"
        done
        echo "route add ${vip_cidrs%,*} dev lan"
        echo "route add ${vip_cidrs#*,} dev lan"
        echo "route add ${service_cidrs%,*} via 192.168.50.1"
        echo "route add ${service_cidrs#*,} via fd50::1"
    } | configure router
}

create_client() {
    create_host client
    ip_in client link add eth0 type veth peer name client netns "$(namespace router)"
    configure router <<END
address add 203.0.113.1/24 dev client
address add 2001:db8:113::1/64 dev client nodad
link set client up
END
    configure client <<END
address add 203.0.113.10/24 dev eth0
address add 2001:db8:113::10/64 dev eth0 nodad
link set eth0 up
route add default via 203.0.113.1
route add default via 2001:db8:113::1
END
}

create_pod() {
    local node=$1 pod=$2 name=node$1-pod$2 v4=10.244.$1 v6=fd44:0:0:$1:
    create_host "$name"
    ip_in "$name" link add eth0 type veth peer name "pod$pod" netns "$(namespace "node$node")"
    configure "node$node" <<END
address add $v4.1/32 dev pod$pod
address add $v6:1/128 dev pod$pod nodad
link set pod$pod up
route add $v4.$((pod + 1))/32 dev pod$pod
route add $v6:$((pod + 1))/128 dev pod$pod
END
    configure "$name" <<END
address add $v4.$((pod + 1))/32 dev eth0
address add $v6:$((pod + 1))/128 dev eth0 nodad
link set eth0 up
route add $v4.1/32 dev eth0
route add $v6:1/128 dev eth0
route add default via $v4.1
route add default via $v6:1
END
}

# A node knows the segment, the other nodes' pods and the way to the client, and nothing else: a
# route for the service range is sluice's business.
create_node() {
    local node=$1 other pod
    create_host "node$node"
    join_segment "node$node" "192.168.50.$node" "fd50::$node"
    {
        for other in "${nodes[@]}"; do
            [[ $other != "$node" ]] || continue
            echo "route add 10.244.$other.0/24 via 192.168.50.$other"
            echo "route add fd44:0:0:$other::/64 via fd50::$other"
        done
        echo "route add 203.0.113.0/24 via 192.168.50.254"
        echo "route add 2001:db8:113::/64 via fd50::254"
        echo "route add ${vip_cidrs%,*} dev eth0"
        echo "route add ${vip_cidrs#*,} dev eth0"
    } | configure "node$node"
    for pod in "${pods_a_node[@]}"; do
        create_pod "$node" "$pod"
    done
}

# A host on the segment that reaches everything else through the router.
create_server() {
    create_host "$1"
    join_segment "$1" "$2" "$3"
    configure "$1" <<END
route add default via 192.168.50.254
route add default via fd50::254
END
}

topology_up() {
    local node
    create_router
    create_client
    create_server balancer 192.168.50.10 fd50::10
    create_server balancer2 192.168.50.11 fd50::11
    create_server control "$api_address" fd50::20
    for node in "${nodes[@]}"; do
        create_node "$node"
    done
    route_router
}

topology_down() {
    local host
    for host in $(host_names); do
        if [[ -e /run/netns/$(namespace "$host") ]]; then
            ip netns delete "$(namespace "$host")"
        fi
    done
}

# A bridge port in the state `disabled` drops what comes and goes; the link stays up on both sides.
set_silent() {
    [[ -n $(bridge -n "$(namespace router)" link show dev "$1" 2>/dev/null) ]] \
        || fail 2 "'$1' is not on the segment; balancer, control and the nodes are"
    bridge -n "$(namespace router)" link set dev "$1" state "$2"
}

topology_env() {
    cat <<END
LAB=$lab
STATE=$lab_state
MANIFESTS=$lab_state/manifests
API=$api_url
SERVICE_CIDRS=$service_cidrs
POD_CIDRS=$pod_cidrs
VIP_CIDRS=$vip_cidrs
END
}
