/*
 * diskprobe: what the disk can do at best: append + fdatasync, one after the other, in a file that is already
 * allocated and written once, so that no sync has metadata to write.
 *
 *   diskprobe DIRECTORY
 *
 * Prints one line of JSON: for 4 KiB and 1 MiB appends, through the page cache and with O_DIRECT, the latency of an
 * append with its sync, of the sync alone, and MB/s.
 */
#define _GNU_SOURCE
#include "client.h"
#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ALIGNMENT = 4096, FILE_BYTES = 128 * 1024 * 1024, SMALL = 4 * 1024, LARGE = 1024 * 1024, SMALL_APPENDS = 2000 };

static void write_all(int file, const char *bytes, size_t size, off_t at)
{
    while (size > 0) {
        ssize_t written = pwrite(file, bytes, size, at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            fail("disk probe: write: %s", strerror(errno));
        bytes += written;
        size -= (size_t)written;
        at += written;
    }
}

static void sync_file(int file)
{
    if (fdatasync(file) != 0)
        fail("disk probe: fdatasync: %s", strerror(errno));
}

static void preallocate(const char *path, const char *bytes)
{
    int file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0)
        fail("disk probe: %s: %s", path, strerror(errno));
    for (off_t at = 0; at < FILE_BYTES; at += LARGE)
        write_all(file, bytes, LARGE, at);
    sync_file(file);
    close(file);
}

static void probe(const char *path, const char *bytes, size_t size, int appends, int flags, const char *name)
{
    struct samples both = {0}, sync_only = {0};
    int file = open(path, O_WRONLY | O_CLOEXEC | flags);
    if (file < 0 && errno == EINVAL && flags != 0) {
        printf("\"%s\": null", name); /* a file system without O_DIRECT */
        return;
    }
    if (file < 0)
        fail("disk probe: %s: %s", path, strerror(errno));

    uint64_t start = now_ns();
    for (int i = 0; i < appends; i++) {
        uint64_t before = now_ns();
        write_all(file, bytes, size, (off_t)i * (off_t)size);
        uint64_t written = now_ns();
        sync_file(file);
        uint64_t after = now_ns();
        samples_add(&both, after - before);
        samples_add(&sync_only, after - written);
    }
    double seconds = (double)(now_ns() - start) / 1e9;
    close(file);
    samples_sort(&both);
    samples_sort(&sync_only);
    printf("\"%s\": {\"p50_us\": %.1f, \"p99_us\": %.1f, \"fdatasync_p50_us\": %.1f, \"fdatasync_p99_us\": %.1f, "
           "\"mb_per_second\": %.1f}",
           name, samples_percentile_us(&both, 50), samples_percentile_us(&both, 99), samples_percentile_us(&sync_only, 50),
           samples_percentile_us(&sync_only, 99), (double)appends * (double)size / seconds / 1e6);
    samples_free(&both);
    samples_free(&sync_only);
}

int main(int argc, char **argv)
{
    char path[4096];
    void *bytes;
    if (argc != 2) {
        fputs("usage: diskprobe DIRECTORY\n", stderr);
        return EXIT_USAGE;
    }
    if (snprintf(path, sizeof path, "%s/diskprobe.%d", argv[1], (int)getpid()) >= (int)sizeof path)
        fail("disk probe: the directory's name is too long");
    if (posix_memalign(&bytes, ALIGNMENT, LARGE) != 0)
        fail("disk probe: out of memory");
    memset(bytes, 0x5a, LARGE);

    preallocate(path, bytes);
    printf("{");
    probe(path, bytes, SMALL, SMALL_APPENDS, 0, "buffered_4k");
    printf(", ");
    probe(path, bytes, SMALL, SMALL_APPENDS, O_DIRECT, "direct_4k");
    printf(", ");
    probe(path, bytes, LARGE, FILE_BYTES / LARGE, 0, "buffered_1m");
    printf(", ");
    probe(path, bytes, LARGE, FILE_BYTES / LARGE, O_DIRECT, "direct_1m");
    printf("}\n");
    free(bytes);
    if (unlink(path) != 0)
        fail("disk probe: cannot remove %s: %s", path, strerror(errno));
    return 0;
}
