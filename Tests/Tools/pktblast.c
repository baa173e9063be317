/*
 * pktblast.c - raw packet source to measure what a forwarding path costs a packet.
 *
 * Sends UDP/IPv4 frames (or TCP SYNs with -T) from an AF_PACKET socket, cycling through FLOWS
 * flows (source port; then source address and, if there are several, destination port). With -w
 * a packet of each flow is sent before the time begins. Over veth the receiving side's softirq
 * runs in this thread, so its CPU time a packet is "send + path". Subtract a run where the next
 * hop drops at once to get the path alone. Prints one JSON line.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    BATCH = 32,
    FIRST_PORT = 1024,
    PORTS_AN_ADDRESS = 60000,
    SOCKET_BUFFER_BYTES = 8 << 20,
    DEFAULT_PAYLOAD_BYTES = 18,
};

struct __attribute__((packed)) frame {
    struct ether_header ethernet;
    struct iphdr ip;
    union {
        struct udphdr udp;
        struct tcphdr tcp;
    };
    uint8_t payload[ETH_DATA_LEN - sizeof(struct iphdr) - sizeof(struct tcphdr)];
};

struct plan {
    const char *interface;
    uint8_t destination_mac[ETH_ALEN];
    uint32_t source, destination; /* host byte order */
    uint16_t port, ports; /* the first port, and how many */
    uint32_t flows;
    double seconds;
    size_t payload;
    int tcp, warm_up;
};

static uint64_t nanoseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* Adds the 16-bit words of `bytes` to an Internet checksum (RFC 1071). */
static uint32_t checksum_add(uint32_t sum, const void *bytes, size_t length)
{
    const uint8_t *byte = bytes;
    for (size_t i = 0; i + 1 < length; i += 2) sum += (uint32_t)(byte[i] << 8 | byte[i + 1]);
    if (length & 1) sum += (uint32_t)byte[length - 1] << 8;
    return sum;
}

static uint16_t checksum_end(uint32_t sum)
{
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return htons((uint16_t)~sum);
}

static _Noreturn void usage(void)
{
    fputs("usage: pktblast [-T] [-w] [-l PAYLOAD] IFACE DSTMAC SRCIP DSTIP DPORT[-DPORT] FLOWS "
          "SECONDS\n", stderr);
    exit(2);
}

static struct plan read_arguments(int argc, char **argv)
{
    struct plan plan = { .payload = DEFAULT_PAYLOAD_BYTES };
    struct in_addr source, destination;
    int option;
    while ((option = getopt(argc, argv, "Twl:h")) != -1) {
        if (option == 'T') plan.tcp = 1;
        else if (option == 'w') plan.warm_up = 1;
        else if (option == 'l') plan.payload = strtoul(optarg, NULL, 10);
        else usage();
    }
    argv += optind;
    if (argc - optind != 7) usage();
    plan.interface = argv[0];
    uint8_t *mac = plan.destination_mac;
    if (sscanf(argv[1], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4,
               mac + 5) != 6
        || !inet_aton(argv[2], &source) || !inet_aton(argv[3], &destination))
        usage();
    plan.source = ntohl(source.s_addr);
    plan.destination = ntohl(destination.s_addr);
    uint16_t last_port = 0;
    int ports_read = sscanf(argv[4], "%hu-%hu", &plan.port, &last_port);
    if (ports_read < 1 || (ports_read == 2 && last_port < plan.port)) usage();
    plan.ports = (uint16_t)(ports_read == 2 ? last_port - plan.port + 1 : 1);
    plan.flows = (uint32_t)strtoul(argv[5], NULL, 10);
    plan.seconds = atof(argv[6]);
    if (!plan.flows || plan.payload > sizeof((struct frame *)0)->payload) usage();
    return plan;
}

/* A packet socket bound to the interface, and the interface's own address. */
static int open_interface(const struct plan *plan, uint8_t own_mac[ETH_ALEN])
{
    struct ifreq request = { 0 };
    int descriptor = socket(AF_PACKET, SOCK_RAW, 0), on = 1, buffer = SOCKET_BUFFER_BYTES;
    strncpy(request.ifr_name, plan->interface, IFNAMSIZ - 1);
    if (descriptor < 0 || ioctl(descriptor, SIOCGIFINDEX, &request) < 0) return -1;
    struct sockaddr_ll local = { .sll_family = AF_PACKET,
                                 .sll_ifindex = request.ifr_ifindex,
                                 .sll_halen = ETH_ALEN };
    if (ioctl(descriptor, SIOCGIFHWADDR, &request) < 0) return -1;
    memcpy(own_mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
    setsockopt(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    return bind(descriptor, (struct sockaddr *)&local, sizeof local) < 0 ? -1 : descriptor;
}

static size_t transport_bytes(const struct plan *plan)
{
    return (plan->tcp ? sizeof(struct tcphdr) : sizeof(struct udphdr)) + plan->payload;
}

/* Everything of the frame that is the same for all flows. */
static void prepare(struct frame *frame, const struct plan *plan, const uint8_t own_mac[ETH_ALEN])
{
    memset(frame, 0, sizeof *frame);
    memcpy(frame->ethernet.ether_dhost, plan->destination_mac, ETH_ALEN);
    memcpy(frame->ethernet.ether_shost, own_mac, ETH_ALEN);
    frame->ethernet.ether_type = htons(ETHERTYPE_IP);
    frame->ip.version = 4;
    frame->ip.ihl = sizeof frame->ip / 4;
    frame->ip.tot_len = htons((uint16_t)(sizeof frame->ip + transport_bytes(plan)));
    frame->ip.frag_off = htons(IP_DF);
    frame->ip.ttl = 64;
    frame->ip.protocol = plan->tcp ? IPPROTO_TCP : IPPROTO_UDP;
    frame->ip.daddr = htonl(plan->destination);
    if (plan->tcp) {
        frame->tcp.doff = sizeof frame->tcp / 4;
        frame->tcp.syn = 1;
        frame->tcp.window = htons(65535);
    } else {
        frame->udp.len = htons((uint16_t)transport_bytes(plan));
    }
}

/* Sums of the frame without what differs from flow to flow: its source address and both ports. */
struct sums {
    uint32_t ip, transport;
};

static struct sums fixed_sums(const struct frame *frame, const struct plan *plan)
{
    uint32_t length = (uint32_t)transport_bytes(plan);
    uint32_t pseudo = checksum_add(frame->ip.protocol + length, &frame->ip.daddr, 4);
    return (struct sums){
        .ip = checksum_add(0, &frame->ip, sizeof frame->ip),
        .transport = checksum_add(pseudo, (const uint8_t *)frame + offsetof(struct frame, udp),
                                  length),
    };
}

static void set_flow(struct frame *frame, const struct plan *plan, struct sums sums, uint32_t flow)
{
    uint16_t port = (uint16_t)(FIRST_PORT + flow % PORTS_AN_ADDRESS);
    uint32_t turn = flow / PORTS_AN_ADDRESS, source = plan->source + turn;
    uint16_t target = (uint16_t)(plan->port + turn % plan->ports);
    uint32_t source_sum = (source >> 16) + (source & 0xffff);
    frame->ip.saddr = htonl(source);
    frame->ip.check = checksum_end(sums.ip + source_sum);
    uint16_t check = checksum_end(sums.transport + source_sum + port + target);
    if (plan->tcp) {
        frame->tcp.source = htons(port);
        frame->tcp.dest = htons(target);
        frame->tcp.check = check;
    } else {
        frame->udp.source = htons(port);
        frame->udp.dest = htons(target);
        frame->udp.check = check ? check : 0xffff; /* zero would mean: no checksum */
    }
}

struct sender {
    struct frame frames[BATCH];
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sums sums;
    uint64_t made;
    int descriptor;
};

/* Sends the next packets; returns how many went. */
static uint64_t send_batch(struct sender *sender, const struct plan *plan)
{
    for (int i = 0; i < BATCH; i++, sender->made++)
        set_flow(&sender->frames[i], plan, sender->sums, (uint32_t)(sender->made % plan->flows));
    int count = sendmmsg(sender->descriptor, sender->messages, BATCH, 0);
    if (count >= 0) return (uint64_t)count;
    perror("pktblast: sendmmsg");
    exit(1);
}

int main(int argc, char **argv)
{
    static struct sender sender;
    struct plan plan = read_arguments(argc, argv);
    uint8_t own_mac[ETH_ALEN];
    sender.descriptor = open_interface(&plan, own_mac);
    if (sender.descriptor < 0) {
        perror("pktblast");
        return 1;
    }
    for (int i = 0; i < BATCH; i++) {
        prepare(&sender.frames[i], &plan, own_mac);
        size_t length = offsetof(struct frame, udp) + transport_bytes(&plan);
        sender.parts[i] = (struct iovec){ &sender.frames[i], length };
        sender.messages[i].msg_hdr =
            (struct msghdr){ .msg_iov = &sender.parts[i], .msg_iovlen = 1 };
    }
    sender.sums = fixed_sums(&sender.frames[0], &plan);
    while (plan.warm_up && sender.made < plan.flows) send_batch(&sender, &plan);
    uint64_t sent = 0, now;
    uint64_t begin = nanoseconds(CLOCK_MONOTONIC), cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    uint64_t end = begin + (uint64_t)(plan.seconds * 1e9);
    do {
        sent += send_batch(&sender, &plan);
        now = nanoseconds(CLOCK_MONOTONIC);
    } while (now < end);
    double used = (double)(nanoseconds(CLOCK_THREAD_CPUTIME_ID) - cpu), packets = (double)sent;
    printf("{\"sent\":%llu,\"pps\":%.0f,\"wall_ns\":%.1f,\"cpu_ns\":%.1f,\"cpu_s\":%.4f}\n",
           (unsigned long long)sent, packets / ((double)(now - begin) / 1e9),
           (double)(now - begin) / packets, used / packets, used / 1e9);
    return 0;
}
