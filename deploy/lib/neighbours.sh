# Programs that work beside sluice, with the files of deploy/ that users begin with: BIRD, which
# tells the router of a balancer's addresses, and keepalived, which chooses between two balancers.
# shellcheck shell=bash

# bird_up HOST: on a balancer with deploy/bird/bird.conf, on the router with its other half
bird_up() {
    local host=$1 file=$lab_state/hosts/$1/bird.conf
    shift
    if [[ $host == router ]]; then
        router_bird >"$file"
    else
        sed 's/^log syslog/log stderr/' "$here/bird/bird.conf" >"$file"
    fi
    spawn "$host" bird bird -f -c "$file" -s "$lab_state/hosts/$host/bird.ctl" \
        -P "$lab_state/hosts/$host/bird.pid" "$@"
}

# The router listens, takes what balancers say, and puts it into its table of routes.
router_bird() {
    cat <<'END'
log stderr all;
router id 192.168.50.254;
protocol device {}
protocol kernel { ipv4 { export all; }; }
protocol kernel { ipv6 { export all; }; }
template bgp balancer { local as 64513; passive; }
protocol bgp balancer4 from balancer {
    neighbor 192.168.50.10 as 64512;
    ipv4 { import all; export none; };
}
protocol bgp balancer6 from balancer {
    neighbor fd50::10 as 64512;
    ipv6 { import all; export none; };
}
END
}

# keepalived_up HOST: with deploy/keepalived/keepalived.conf, and the lab's sluice for its script
keepalived_up() {
    local host=$1 folder=$lab_state/hosts/$1 sluice
    shift
    sluice=$(find_sluice)
    sed "s:/usr/local/bin/sluice:$sluice:g" "$here/keepalived/keepalived.conf" \
        >"$folder/keepalived.conf"
    spawn "$host" keepalived keepalived --dont-fork --log-console --log-detail --vrrp \
        --use-file "$folder/keepalived.conf" --pid "$folder/keepalived.pid" \
        --vrrp_pid "$folder/vrrp.pid" "$@"
}

# Whether BIRD answers; it speaks to its peer soon after.
bird_answers() { birdc -s "$lab_state/hosts/$1/bird.ctl" show status >/dev/null 2>&1; }
