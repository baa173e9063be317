#ifndef CNF_ELEMENT_H
#define CNF_ELEMENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlattr;
struct nlmsghdr;

/*
 * One element of an nf_tables set as it lies in a message. Pointers lead into memory of the
 * caller (writing) or into the message (reading); NULL and a length of 0 mean "not there".
 *
 * libnftnl has a type for this too, but it allocates one for every element and copies each part
 * twice, which a map of a million elements pays for.
 */
struct cnf_element {
    const void *key;
    const void *key_end;
    const void *data;
    const void *user_data;
    /* The chain of a jump or goto, ended by a zero. */
    const char *chain;
    uint16_t key_length;
    uint16_t key_end_length;
    uint16_t data_length;
    uint16_t user_data_length;
    uint32_t flags;
    int32_t verdict;
    bool has_verdict;
    /* Only written; 0 means "none". */
    uint64_t timeout_milliseconds;
    /* Only read, never written: a set's own counter expression makes them. */
    bool has_counter;
    uint64_t packets;
    uint64_t bytes;
};

/* Appends NFTA_LIST_ELEM with the element to the message; the caller sees to the room. */
void cnf_element_put(struct nlmsghdr *message, const struct cnf_element *element);

/* The first and the next NFTA_LIST_ELEM of a listed message; NULL after the last. */
const struct nlattr *cnf_element_first(const struct nlmsghdr *message);
const struct nlattr *cnf_element_next(const struct nlmsghdr *message,
                                      const struct nlattr *attribute);

/* Reads one NFTA_LIST_ELEM: -EINVAL if it is malformed. */
int cnf_element_get(const struct nlattr *attribute, struct cnf_element *element);

/*
 * Which of the elements in a message holds the byte at an offset from the message's header, as
 * NLMSGERR_ATTR_OFFS counts; -ENOENT if none does.
 */
int cnf_element_position(const struct nlmsghdr *message, uint32_t offset);

#endif
