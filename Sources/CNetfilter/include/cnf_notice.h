#ifndef CNF_NOTICE_H
#define CNF_NOTICE_H

#include <stdint.h>

struct nlmsghdr;

/*
 * What a message to the group NFNLGRP_NFTABLES says about a change of the ruleset. Pointers lead
 * into the message; NULL means "not there".
 */
struct cnf_notice {
    /* The address family of what changed. */
    uint8_t family;
    /* The table that it is in; NULL for the message that ends a transaction. */
    const char *table;
    /* In the last message of a transaction: the ruleset's generation, and who made it. */
    int64_t generation;
    int64_t process_id;
    const char *process_name;
};

/* Reads a message about nf_tables: -EINVAL if it is malformed. */
int cnf_notice_get(const struct nlmsghdr *message, struct cnf_notice *notice);

/* Joins a multicast group; a socket that is connected to the kernel gets its messages. */
int cnf_net_join(int fd, int group);

/* 1 if something can be read within so many milliseconds, else 0. */
int cnf_net_wait(int fd, int milliseconds);

/* The number by which the kernel knows a netlink socket (nlmsg_pid). */
int64_t cnf_net_port_id(int fd);

#endif
