/*
 * The only C of Sluice: what Swift cannot say about netlink.
 *
 * Every function is called cnf_..., returns 0 or more, or -errno, and holds no policy: no retry,
 * no log. <netinet/in.h> stands before any <linux/...> header: the other order redefines its
 * types, and every Swift file that imports Glibc as well would fail to compile.
 */
#ifndef CNETFILTER_H
#define CNETFILTER_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>

#include <libmnl/libmnl.h>
#include <libnftnl/batch.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>

#include "cnf_element.h"
#include "cnf_network.h"
#include "cnf_notice.h"
#include "cnf_socket.h"

#endif
