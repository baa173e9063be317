#ifndef CNF_NETWORK_H
#define CNF_NETWORK_H

/* <netinet/in.h> comes before any <linux/…>: the other way round both define the same structs,
 * and Swift files that also import Glibc do not compile. */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <linux/filter.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/* Every function returns zero or more, or -errno. None retries, none logs.
 *
 * A socket, and a file under /proc/sys/net, belongs to the network namespace of the thread that
 * opens it. With a namespace path (such as /run/netns/NAME) a thread made for the purpose enters
 * it, opens, and ends; with NULL the calling thread opens. */

int cnf_net_socket(const char *namespace_path, int domain, int type, int protocol);
int cnf_net_open(const char *namespace_path, const char *path, int flags);
int cnf_net_close(int fd);

/* Connects a netlink socket to the kernel, so that nobody else's messages reach it. */
int cnf_net_connect_to_kernel(int fd);
int cnf_net_set_option(int fd, int level, int option, int value);
/* Gives up reading after so many seconds, with -EAGAIN. */
int cnf_net_set_receive_timeout(int fd, int seconds);

ssize_t cnf_net_send(int fd, const void *bytes, size_t count);
/* The whole length of the datagram, also when it did not fit. */
ssize_t cnf_net_receive(int fd, void *bytes, size_t capacity);
/* Sends an Ethernet frame, from its destination address on, through an AF_PACKET socket. */
ssize_t cnf_net_send_frame(int fd, int interface_index, const void *frame, size_t count);

/* Has an AF_PACKET socket receive the frames of one Ethernet type that arrive at an interface and
 * that a classic BPF program lets through. */
int cnf_net_listen_on_link(int fd, int interface_index, int ethernet_type,
                           const struct sock_filter *program, size_t length);

ssize_t cnf_net_read(int fd, void *bytes, size_t capacity);
ssize_t cnf_net_write(int fd, const void *bytes, size_t count);

/* What the C library says about an errno, such as "No such file or directory"; never NULL. */
const char *cnf_net_error_text(int code);

#endif
