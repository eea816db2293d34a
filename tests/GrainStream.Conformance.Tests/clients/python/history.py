"""The records that the scenarios of long histories write and look for, whatever the client."""

FIRST_TIME = 1_600_000_000_000
STEP_MS = 1000
VALUE_BYTES = 500
BATCH_RECORDS = 50

OLD_RECORDS, NEW_RECORDS = 12_000, 2_000
AGED_RECORDS = OLD_RECORDS + NEW_RECORDS
OLD_AGE_MS = 3_600_000
RETENTION_MS = 600_000
RETENTION_BYTES = 1 << 20


def value(number):
    """A record says which one it is, and is long enough that many segments come together."""
    return b"%08d" % number + bytes((number * 31 + i * 7) & 0xFF for i in range(VALUE_BYTES - 8))


def numbered_time(number):
    return FIRST_TIME + number * STEP_MS


def offsets_to_try(count):
    """The ends, both sides of a batch's border, and some forty in between, so that every other segment is begun somewhere."""
    fixed = {0, 1, BATCH_RECORDS - 1, BATCH_RECORDS, BATCH_RECORDS + 1, count - 1}
    return sorted(fixed | set(range(count // 43, count, count // 43)))
