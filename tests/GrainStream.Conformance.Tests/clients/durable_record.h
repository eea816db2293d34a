/*
 * A numbered record: what durable_producer writes and durable_verifier expects, byte for byte.
 *
 *   key    the partition, in decimal
 *   value  RUN:PARTITION:SEQUENCE:filler, the filler a function of the sequence number
 */
#ifndef DURABLE_RECORD_H
#define DURABLE_RECORD_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DURABLE_RUN_MAX = 32, DURABLE_SIZE_MIN = 80, DURABLE_SIZE_MAX = 64 * 1024, DURABLE_KEY_MAX = 12 };

static inline int durable_key(char key[DURABLE_KEY_MAX], int partition)
{
    return snprintf(key, DURABLE_KEY_MAX, "%d", partition);
}

/* Writes size bytes, at least DURABLE_SIZE_MIN; run has at most DURABLE_RUN_MAX characters. */
static inline void durable_value(char *value, int size, const char *run, int partition, int64_t sequence)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
    int at = snprintf(value, DURABLE_SIZE_MIN, "%s:%d:%lld:", run, partition, (long long)sequence);
    while (at < size) {
        int count = size - at < 26 ? size - at : 26;
        memcpy(value + at, alphabet + sequence % 26, (size_t)count);
        at += count;
    }
}

#endif
