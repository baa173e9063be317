#define _GNU_SOURCE
#include "cnf_network.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <linux/if_packet.h>

/* What to open: the file at `path`, or, where that is NULL, a socket. */
struct opening {
    const char *namespace_path;
    const char *path;
    int flags;
    int domain;
    int type;
    int protocol;
    int result;
};

static int result_or_error(int result) { return result < 0 ? -errno : result; }

static ssize_t size_or_error(ssize_t size) { return size < 0 ? -errno : size; }

static int open_here(const struct opening *opening) {
    if (opening->path != NULL)
        return result_or_error(open(opening->path, opening->flags | O_CLOEXEC));
    return result_or_error(socket(opening->domain, opening->type | SOCK_CLOEXEC, opening->protocol));
}

static int enter_namespace(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int result = result_or_error(setns(fd, CLONE_NEWNET));
    close(fd);
    return result;
}

static void *open_in_namespace(void *argument) {
    struct opening *opening = argument;
    opening->result = enter_namespace(opening->namespace_path);
    if (opening->result == 0)
        opening->result = open_here(opening);
    return NULL;
}

/* The thread that enters another namespace is thrown away: it could not go back without a
 * descriptor of its old one, and threads of a pool must never be found elsewhere. */
static int run(struct opening *opening) {
    if (opening->namespace_path == NULL)
        return open_here(opening);
    pthread_t thread;
    int error = pthread_create(&thread, NULL, open_in_namespace, opening);
    if (error != 0)
        return -error;
    error = pthread_join(thread, NULL);
    return error != 0 ? -error : opening->result;
}

int cnf_net_socket(const char *namespace_path, int domain, int type, int protocol) {
    struct opening opening = {
        .namespace_path = namespace_path, .domain = domain, .type = type, .protocol = protocol};
    return run(&opening);
}

int cnf_net_open(const char *namespace_path, const char *path, int flags) {
    struct opening opening = {.namespace_path = namespace_path, .path = path, .flags = flags};
    return run(&opening);
}

int cnf_net_close(int fd) { return result_or_error(close(fd)); }

int cnf_net_connect_to_kernel(int fd) {
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    return result_or_error(connect(fd, (struct sockaddr *)&kernel, sizeof(kernel)));
}

int cnf_net_set_option(int fd, int level, int option, int value) {
    return result_or_error(setsockopt(fd, level, option, &value, sizeof(value)));
}

int cnf_net_set_receive_timeout(int fd, int seconds) {
    struct timeval limit = {.tv_sec = seconds};
    return result_or_error(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
}

ssize_t cnf_net_send(int fd, const void *bytes, size_t count) {
    return size_or_error(send(fd, bytes, count, MSG_NOSIGNAL));
}

ssize_t cnf_net_receive(int fd, void *bytes, size_t capacity) {
    return size_or_error(recv(fd, bytes, capacity, MSG_TRUNC));
}

ssize_t cnf_net_send_frame(int fd, int interface_index, const void *frame, size_t count) {
    struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_ifindex = interface_index};
    if (count < ETH_HLEN)
        return -EINVAL;
    link.sll_halen = ETH_ALEN;
    memcpy(link.sll_addr, frame, ETH_ALEN);
    return size_or_error(sendto(fd, frame, count, 0, (struct sockaddr *)&link, sizeof(link)));
}

int cnf_net_listen_on_link(int fd, int interface_index, int ethernet_type,
                           const struct sock_filter *program, size_t length) {
    struct sock_fprog filter = {.len = (unsigned short)length,
                                .filter = (struct sock_filter *)program};
    struct sockaddr_ll link = {.sll_family = AF_PACKET,
                               .sll_protocol = htons((uint16_t)ethernet_type),
                               .sll_ifindex = interface_index};
    /* The filter first: until it is bound the socket receives nothing. */
    int result = setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
    if (result < 0)
        return -errno;
    return result_or_error(bind(fd, (struct sockaddr *)&link, sizeof(link)));
}

ssize_t cnf_net_read(int fd, void *bytes, size_t capacity) {
    return size_or_error(read(fd, bytes, capacity));
}

ssize_t cnf_net_write(int fd, const void *bytes, size_t count) {
    return size_or_error(write(fd, bytes, count));
}

const char *cnf_net_error_text(int code) {
    const char *text = strerrordesc_np(code);
    return text != NULL ? text : "unknown error";
}
