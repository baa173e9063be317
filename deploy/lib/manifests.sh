# The lab's own Nodes and Pods as manifests, one file each, beside the Services of deploy/examples.
# shellcheck shell=bash

node_manifest() {
    cat <<END
apiVersion: v1
kind: Node
metadata:
  name: node$1
  labels:
    kubernetes.io/hostname: node$1
spec:
  podCIDR: 10.244.$1.0/24
  podCIDRs: ["10.244.$1.0/24", "fd44:0:0:$1::/64"]
status:
  addresses:
    - {type: InternalIP, address: 192.168.50.$1}
    - {type: InternalIP, address: "fd50::$1"}
    - {type: Hostname, address: node$1}
END
}

pod_manifest() {
    local node=$1 pod=$2
    cat <<END
apiVersion: v1
kind: Pod
metadata:
  name: node$node-pod$pod
  namespace: default
  labels:
    app: web
    node: node$node
    ordinal: "$pod"
    name: node$node-pod$pod
spec:
  nodeName: node$node
  containers:
    - name: backend
      image: backend
      ports:
        - {name: http, containerPort: 8080, protocol: TCP}
        - {name: dns, containerPort: 5353, protocol: UDP}
status:
  phase: Running
  podIP: 10.244.$node.$((pod + 1))
  podIPs:
    - ip: 10.244.$node.$((pod + 1))
    - ip: "fd44:0:0:$node::$((pod + 1))"
END
}

write_manifests() {
    local folder=$lab_state/manifests node pod
    for node in "${nodes[@]}"; do
        node_manifest "$node" >"$folder/node$node.yaml"
        for pod in "${pods_a_node[@]}"; do
            pod_manifest "$node" "$pod" >"$folder/node$node-pod$pod.yaml"
        done
    done
    cp "$here/examples/services.yaml" "$folder/"
}
