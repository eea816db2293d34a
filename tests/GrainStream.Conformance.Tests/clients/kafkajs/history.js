// kafkajs and history beyond the local disk: one scenario per function. The records are those of ../python/history.py.
'use strict'

const assert = require('node:assert/strict')
const { ConfigResourceTypes } = require('kafkajs')
const { withAdmin } = require('./connecting')
const { main, until } = require('./scenario')
const { readSome, readToEnd } = require('./fetching')

const FIRST_TIME = 1600000000000
const STEP_MS = 1000
const BATCH_RECORDS = 50
const MIDDLE_RECORDS = 200
const OLD_RECORDS = 12000
const AGED_RECORDS = 14000

const numberedTime = number => FIRST_TIME + number * STEP_MS

const offsetsToTry = count => {
  const step = Math.floor(count / 43)
  const between = Array.from({ length: 42 }, (_, i) => (i + 1) * step)
  return [...new Set([0, 1, BATCH_RECORDS - 1, BATCH_RECORDS, BATCH_RECORDS + 1, count - 1, ...between])]
}

const isValue = (value, number) =>
  value.subarray(0, 8).toString() === String(number).padStart(8, '0') &&
  value.subarray(8).every((byte, i) => byte === ((number * 31 + i * 7) & 0xff))

const isWhole = (messages, start, end) => {
  assert.deepEqual(messages.map(({ offset }) => Number(offset)), Array.from({ length: end - start }, (_, i) => start + i))
  assert.ok(messages.every(({ offset, value }) => isValue(value, Number(offset))), `the values from ${start} are not those that were sent`)
}

const earliest = async (admin, topic) => Number((await admin.fetchTopicOffsets(topic))[0].low)

// Changes the topic and waits until its earliest offset lies in [least, most]; then what is left is read.
const oldRecordsGo = (bootstrap, topic, change, [least, most]) =>
  withAdmin(bootstrap, async admin => {
    assert.equal(await earliest(admin, topic), 0)
    await change(admin)
    const start = await until(async () => {
      const offset = await earliest(admin, topic)
      return offset >= least && offset <= most ? offset : 0
    }, `the earliest offset is in [${least}, ${most}]`)
    await assert.rejects(readToEnd(bootstrap, topic, [[0, '0']]), { type: 'OFFSET_OUT_OF_RANGE' })

    // It may have moved on since.
    const messages = await readToEnd(bootstrap, topic, [[0, String(await earliest(admin, topic))]])
    assert.ok(Number(messages[0].offset) >= start)
    isWhole(messages, Number(messages[0].offset), AGED_RECORDS)
  })

const alter = (topic, name, value) => admin =>
  admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value }] }] })

main({
  async numbered_records_are_found_by_time(bootstrap, topic, count) {
    await withAdmin(bootstrap, async admin => {
      for (const number of offsetsToTry(Number(count))) {
        for (const time of [numberedTime(number) - STEP_MS + 1, numberedTime(number)]) {
          const [{ offset }] = await admin.fetchTopicOffsetsByTimestamp(topic, time)
          assert.equal(offset, String(number), `offset of time ${time}`)
        }
      }
      const [ends] = await admin.fetchTopicOffsets(topic)
      assert.deepEqual([ends.low, ends.high], ['0', count])
    })
  },

  async numbered_records_are_read_from_the_middle(bootstrap, topic, count) {
    for (const start of offsetsToTry(Number(count))) {
      const end = Math.min(start + MIDDLE_RECORDS, Number(count))
      const messages = await readSome(bootstrap, topic, start, end - start)
      isWhole(messages, start, end)
      assert.equal(messages[0].timestamp, String(numberedTime(start)))
    }
  },

  async old_records_go_by_size(bootstrap, topic) {
    const most = AGED_RECORDS - Math.floor((1 << 20) / 520)
    await oldRecordsGo(bootstrap, topic, alter(topic, 'retention.bytes', String(1 << 20)), [most - 1000, most + 200])
  },

  async old_records_go_by_age(bootstrap, topic) {
    await oldRecordsGo(bootstrap, topic, alter(topic, 'retention.ms', '600000'), [OLD_RECORDS - 500, OLD_RECORDS])
  },

  async records_are_deleted_up_to_an_offset_in_the_middle_of_a_segment(bootstrap, topic) {
    const offset = 9973
    const change = admin => admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
    await oldRecordsGo(bootstrap, topic, change, [offset, offset])
  },
})
