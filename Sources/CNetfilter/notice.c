#include "CNetfilter.h"

#include <arpa/inet.h>
#include <poll.h>

static int get_end(const struct nlmsghdr *message, struct cnf_notice *notice) {
    const struct nlattr *attribute;

    mnl_attr_for_each(attribute, message, sizeof(struct nfgenmsg)) {
        switch (mnl_attr_get_type(attribute)) {
        case NFTA_GEN_ID:
            if (mnl_attr_validate(attribute, MNL_TYPE_U32) < 0)
                return -EINVAL;
            notice->generation = ntohl(mnl_attr_get_u32(attribute));
            break;
        case NFTA_GEN_PROC_PID:
            if (mnl_attr_validate(attribute, MNL_TYPE_U32) < 0)
                return -EINVAL;
            notice->process_id = ntohl(mnl_attr_get_u32(attribute));
            break;
        case NFTA_GEN_PROC_NAME:
            if (mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) < 0)
                return -EINVAL;
            notice->process_name = mnl_attr_get_str(attribute);
            break;
        }
    }
    return 0;
}

int cnf_notice_get(const struct nlmsghdr *message, struct cnf_notice *notice) {
    const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute;

    memset(notice, 0, sizeof(*notice));
    notice->generation = -1;
    notice->process_id = -1;
    if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
        return -EINVAL;
    notice->family = header->nfgen_family;
    if ((message->nlmsg_type & 0xff) == NFT_MSG_NEWGEN)
        return get_end(message, notice);
    /* The table's name is the first attribute of tables, chains, rules, sets, elements, objects
     * and flowtables alike. */
    mnl_attr_for_each(attribute, message, sizeof(*header)) {
        if (mnl_attr_get_type(attribute) == NFTA_TABLE_NAME) {
            if (mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) < 0)
                return -EINVAL;
            notice->table = mnl_attr_get_str(attribute);
        }
    }
    return 0;
}

int cnf_net_join(int fd, int group) {
    return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0 ? -errno
                                                                                          : 0;
}

int cnf_net_wait(int fd, int milliseconds) {
    struct pollfd event = {.fd = fd, .events = POLLIN};
    int result = poll(&event, 1, milliseconds);

    if (result < 0)
        return errno == EINTR ? 0 : -errno;
    return result > 0;
}

int64_t cnf_net_port_id(int fd) {
    struct sockaddr_nl address;
    socklen_t length = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    return address.nl_pid;
}
