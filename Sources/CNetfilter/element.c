#include "CNetfilter.h"

#include <arpa/inet.h>
#include <endian.h>

static void put_data(struct nlmsghdr *message, uint16_t type, const void *bytes, uint16_t length) {
    struct nlattr *nest = mnl_attr_nest_start(message, type);

    mnl_attr_put(message, NFTA_DATA_VALUE, length, bytes);
    mnl_attr_nest_end(message, nest);
}

static void put_verdict(struct nlmsghdr *message, const struct cnf_element *element) {
    struct nlattr *data = mnl_attr_nest_start(message, NFTA_SET_ELEM_DATA);
    struct nlattr *verdict = mnl_attr_nest_start(message, NFTA_DATA_VERDICT);

    mnl_attr_put_u32(message, NFTA_VERDICT_CODE, htonl((uint32_t)element->verdict));
    if (element->chain)
        mnl_attr_put_strz(message, NFTA_VERDICT_CHAIN, element->chain);
    mnl_attr_nest_end(message, verdict);
    mnl_attr_nest_end(message, data);
}

void cnf_element_put(struct nlmsghdr *message, const struct cnf_element *element) {
    struct nlattr *nest = mnl_attr_nest_start(message, NFTA_LIST_ELEM);

    if (element->flags)
        mnl_attr_put_u32(message, NFTA_SET_ELEM_FLAGS, htonl(element->flags));
    put_data(message, NFTA_SET_ELEM_KEY, element->key, element->key_length);
    if (element->key_end)
        put_data(message, NFTA_SET_ELEM_KEY_END, element->key_end, element->key_end_length);
    if (element->has_verdict)
        put_verdict(message, element);
    else if (element->data)
        put_data(message, NFTA_SET_ELEM_DATA, element->data, element->data_length);
    if (element->timeout_milliseconds)
        mnl_attr_put_u64(message, NFTA_SET_ELEM_TIMEOUT, htobe64(element->timeout_milliseconds));
    if (element->user_data)
        mnl_attr_put(message, NFTA_SET_ELEM_USERDATA, element->user_data_length,
                     element->user_data);
    mnl_attr_nest_end(message, nest);
}

static void get_bytes(const struct nlattr *attribute, const void **bytes, uint16_t *length) {
    *bytes = mnl_attr_get_payload(attribute);
    *length = mnl_attr_get_payload_len(attribute);
}

static int get_verdict(const struct nlattr *nest, struct cnf_element *element) {
    const struct nlattr *attribute;

    element->has_verdict = true;
    mnl_attr_for_each_nested(attribute, nest) {
        switch (mnl_attr_get_type(attribute)) {
        case NFTA_VERDICT_CODE:
            if (mnl_attr_validate(attribute, MNL_TYPE_U32) < 0)
                return -EINVAL;
            element->verdict = (int32_t)ntohl(mnl_attr_get_u32(attribute));
            break;
        case NFTA_VERDICT_CHAIN:
            if (mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) < 0)
                return -EINVAL;
            element->chain = mnl_attr_get_str(attribute);
            break;
        }
    }
    return 0;
}

static int get_data(const struct nlattr *nest, const void **bytes, uint16_t *length,
                    struct cnf_element *element) {
    const struct nlattr *attribute;

    mnl_attr_for_each_nested(attribute, nest) {
        switch (mnl_attr_get_type(attribute)) {
        case NFTA_DATA_VALUE:
            get_bytes(attribute, bytes, length);
            break;
        case NFTA_DATA_VERDICT:
            if (get_verdict(attribute, element) < 0)
                return -EINVAL;
            break;
        }
    }
    return 0;
}

static uint64_t get_u64(const struct nlattr *attribute) {
    return mnl_attr_validate(attribute, MNL_TYPE_U64) < 0 ? 0
                                                          : be64toh(mnl_attr_get_u64(attribute));
}

/* Reads packets and bytes if the expression is a counter; others are of no interest. */
static void get_counter(const struct nlattr *nest, struct cnf_element *element) {
    const struct nlattr *attribute, *inner;
    bool is_counter = false;

    mnl_attr_for_each_nested(attribute, nest) {
        switch (mnl_attr_get_type(attribute)) {
        case NFTA_EXPR_NAME:
            is_counter = mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) >= 0 &&
                         strcmp(mnl_attr_get_str(attribute), "counter") == 0;
            break;
        case NFTA_EXPR_DATA:
            if (!is_counter)
                return;
            element->has_counter = true;
            mnl_attr_for_each_nested(inner, attribute) {
                if (mnl_attr_get_type(inner) == NFTA_COUNTER_BYTES)
                    element->bytes = get_u64(inner);
                else if (mnl_attr_get_type(inner) == NFTA_COUNTER_PACKETS)
                    element->packets = get_u64(inner);
            }
            break;
        }
    }
}

int cnf_element_get(const struct nlattr *nest, struct cnf_element *element) {
    const struct nlattr *attribute, *expression;
    int result = 0;

    memset(element, 0, sizeof(*element));
    mnl_attr_for_each_nested(attribute, nest) {
        switch (mnl_attr_get_type(attribute)) {
        case NFTA_SET_ELEM_FLAGS:
            if (mnl_attr_validate(attribute, MNL_TYPE_U32) < 0)
                return -EINVAL;
            element->flags = ntohl(mnl_attr_get_u32(attribute));
            break;
        case NFTA_SET_ELEM_KEY:
            result = get_data(attribute, &element->key, &element->key_length, element);
            break;
        case NFTA_SET_ELEM_KEY_END:
            result = get_data(attribute, &element->key_end, &element->key_end_length, element);
            break;
        case NFTA_SET_ELEM_DATA:
            result = get_data(attribute, &element->data, &element->data_length, element);
            break;
        case NFTA_SET_ELEM_USERDATA:
            get_bytes(attribute, &element->user_data, &element->user_data_length);
            break;
        case NFTA_SET_ELEM_EXPR:
            get_counter(attribute, element);
            break;
        case NFTA_SET_ELEM_EXPRESSIONS:
            mnl_attr_for_each_nested(expression, attribute)
                get_counter(expression, element);
            break;
        }
        if (result < 0)
            return result;
    }
    return element->key ? 0 : -EINVAL;
}

static const struct nlattr *element_list(const struct nlmsghdr *message) {
    const struct nlattr *attribute;

    mnl_attr_for_each(attribute, message, sizeof(struct nfgenmsg)) {
        if (mnl_attr_get_type(attribute) == NFTA_SET_ELEM_LIST_ELEMENTS)
            return attribute;
    }
    return NULL;
}

static const struct nlattr *if_inside(const struct nlattr *list, const struct nlattr *attribute) {
    const char *end = (const char *)mnl_attr_get_payload(list) + mnl_attr_get_payload_len(list);

    return mnl_attr_ok(attribute, end - (const char *)attribute) ? attribute : NULL;
}

const struct nlattr *cnf_element_first(const struct nlmsghdr *message) {
    const struct nlattr *list = element_list(message);

    return list ? if_inside(list, mnl_attr_get_payload(list)) : NULL;
}

const struct nlattr *cnf_element_next(const struct nlmsghdr *message,
                                      const struct nlattr *attribute) {
    return if_inside(element_list(message), mnl_attr_next(attribute));
}

int cnf_element_position(const struct nlmsghdr *message, uint32_t offset) {
    const struct nlattr *attribute = cnf_element_first(message);
    const char *place = (const char *)message + offset;

    for (int position = 0; attribute; position++) {
        if (place < (const char *)attribute)
            return -ENOENT;
        if (place < (const char *)mnl_attr_next(attribute))
            return position;
        attribute = cnf_element_next(message, attribute);
    }
    return -ENOENT;
}
