#define _GNU_SOURCE
#include "CNetfilter.h"

ssize_t cnf_socket_receive_now(int socket, void *buffer, size_t capacity) {
    ssize_t received = recv(socket, buffer, capacity, MSG_DONTWAIT | MSG_TRUNC);
    if (received < 0)
        return -errno;
    return (size_t)received > capacity ? -EMSGSIZE : received;
}

static int set_buffer(int socket, int forced, int limited, int bytes) {
    if (bytes == 0 || setsockopt(socket, SOL_SOCKET, forced, &bytes, sizeof(bytes)) == 0)
        return 0;
    return setsockopt(socket, SOL_SOCKET, limited, &bytes, sizeof(bytes)) < 0 ? -errno : 0;
}

int cnf_socket_set_buffers(int socket, int send_bytes, int receive_bytes) {
    int result = set_buffer(socket, SO_SNDBUFFORCE, SO_SNDBUF, send_bytes);
    return result < 0 ? result : set_buffer(socket, SO_RCVBUFFORCE, SO_RCVBUF, receive_bytes);
}

int64_t cnf_reply_offset(const struct nlmsghdr *reply) {
    const struct nlattr *attribute;

    if (reply->nlmsg_type != NLMSG_ERROR || !(reply->nlmsg_flags & NLM_F_ACK_TLVS) ||
        !(reply->nlmsg_flags & NLM_F_CAPPED))
        return -ENOENT;
    mnl_attr_for_each(attribute, reply, sizeof(struct nlmsgerr)) {
        if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_OFFS &&
            mnl_attr_validate(attribute, MNL_TYPE_U32) >= 0)
            return mnl_attr_get_u32(attribute);
    }
    return -ENOENT;
}

/* NFTA_SET_COUNT, which older headers do not have. */
static const uint16_t set_count_attribute = 20;

/* A number of 32 bits in network order; -ENOENT if the reply does not have it. */
static int64_t reply_number(const struct nlmsghdr *reply, uint16_t type) {
    const struct nlattr *attribute;

    mnl_attr_for_each(attribute, reply, sizeof(struct nfgenmsg)) {
        if (mnl_attr_get_type(attribute) == type &&
            mnl_attr_validate(attribute, MNL_TYPE_U32) >= 0)
            return ntohl(mnl_attr_get_u32(attribute));
    }
    return -ENOENT;
}

int64_t cnf_generation(const struct nlmsghdr *reply) { return reply_number(reply, NFTA_GEN_ID); }

int64_t cnf_set_count(const struct nlmsghdr *reply) {
    return reply_number(reply, set_count_attribute);
}

const char *cnf_error_name(int code) { return strerrorname_np(code); }
