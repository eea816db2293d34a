/* The payload of a benchmark record: who wrote it, where, which, when. The rest of the payload is filler. */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct record_header {
    uint64_t run;       /* the same for all records of one invocation */
    uint64_t sequence;  /* 0, 1, 2 ... within the partition */
    uint64_t sent_ns;   /* CLOCK_MONOTONIC just before produce(), 0 where nobody measures it */
    uint32_t partition;
    uint32_t size;      /* of the whole payload */
};

enum { RECORD_MIN_SIZE = sizeof(struct record_header) };

static inline void record_write(void *payload, struct record_header header)
{
    memcpy(payload, &header, sizeof header);
}

/* False if the payload is not a whole record of this invocation. */
static inline bool record_read(const void *payload, size_t size, uint64_t run, struct record_header *header)
{
    if (size < sizeof *header)
        return false;
    memcpy(header, payload, sizeof *header);
    return header->run == run && header->size == size;
}

#endif
