/* reply.c - what has come of one reply. */
#define _GNU_SOURCE
#include "loadgen.h"

#include <stdlib.h>
#include <string.h>

enum { UNKNOWN = -1 };

void reply_begin(struct reply *reply)
{
    reply->received = 0;
    reply->wanted = UNKNOWN;
    reply->excerpt_length = 0;
}

int reply_is_complete(const struct reply *reply)
{
    return reply->wanted != UNKNOWN && reply->received >= (uint32_t)reply->wanted;
}

void reply_keep_excerpt(struct reply *reply, const char *part, size_t length)
{
    size_t room = sizeof reply->excerpt;
    if (options.udp || length >= room) {
        size_t kept = length < room ? length : room;
        memcpy(reply->excerpt, options.udp ? part : part + length - kept, kept);
        reply->excerpt_length = kept;
        return;
    }
    size_t older = reply->excerpt_length + length > room ? room - length : reply->excerpt_length;
    memmove(reply->excerpt, reply->excerpt + reply->excerpt_length - older, older);
    memcpy(reply->excerpt + older, part, length);
    reply->excerpt_length = older + length;
}

void reply_find_length(struct reply *reply, const char *part, size_t length)
{
    static const char header[] = "Content-Length:";
    const char *end = memmem(part, length, "\r\n\r\n", 4);
    const char *found = end ? memmem(part, (size_t)(end - part), header, sizeof header - 1) : NULL;
    if (!found) return;
    reply->wanted = (int32_t)((end - part) + 4 + strtol(found + sizeof header - 1, NULL, 10));
}
