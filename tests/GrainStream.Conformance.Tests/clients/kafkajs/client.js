// kafkajs against a broker: what applications do with it, one scenario per function.
'use strict'

const assert = require('node:assert/strict')
const { CompressionTypes, ConfigResourceTypes } = require('kafkajs')
const { createTopic, withAdmin, withProducer } = require('./connecting')
const { main, until } = require('./scenario')
const { readToEnd } = require('./fetching')

const send = (bootstrap, topic, messages, settings = {}) =>
  withProducer(bootstrap, settings, producer => producer.send({ topic, acks: -1, messages }))

const readAll = (bootstrap, topic, partitions = 1) =>
  readToEnd(bootstrap, topic, Array.from({ length: partitions }, (_, partition) => [partition, '0']))

const standardInput = async () => {
  const chunks = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return Buffer.concat(chunks)
}

// Standard input as kcat -P -K '\t' takes it: a key and a value on each line, separated by the first tab.
const keyedLines = input => {
  const messages = []
  for (let start = 0; start < input.length; ) {
    let end = input.indexOf(10, start)
    if (end < 0) end = input.length
    const tab = input.indexOf(9, start)
    messages.push({ key: input.subarray(start, tab), value: input.subarray(tab + 1, end) })
    start = end + 1
  }
  return messages
}

const CODECS = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP }
const LINES_PER_SEND = 5000

main({
  // Sends keyed lines from standard input; for the round trips.
  async produce_lines(bootstrap, topic, codec) {
    const messages = keyedLines(await standardInput())
    await withProducer(bootstrap, {}, async producer => {
      for (let i = 0; i < messages.length; i += LINES_PER_SEND) {
        await producer.send({ topic, acks: -1, compression: CODECS[codec], messages: messages.slice(i, i + LINES_PER_SEND) })
      }
    })
  },

  // Prints every record; for the round trips.
  async consume_lines(bootstrap, topic, partitions) {
    const lines = []
    for (const { partition, offset, key, value } of await readAll(bootstrap, topic, Number(partitions))) {
      lines.push(Buffer.from(`${partition}\t${offset}\t`), key ?? '', '\t', value ?? '', '\n')
    }
    const output = Buffer.concat(lines.map(part => (typeof part === 'string' ? Buffer.from(part) : part)))
    await new Promise((resolve, reject) => process.stdout.write(output, error => (error ? reject(error) : resolve())))
  },

  async producing_to_an_unknown_topic_creates_it(bootstrap) {
    const [sent] = await send(bootstrap, 'js-auto-created', [{ value: 'first' }])
    assert.equal(sent.errorCode, 0)
    assert.equal(sent.baseOffset, '0')
  },

  async topics_are_created_listed_and_deleted(bootstrap) {
    await withAdmin(bootstrap, async admin => {
      assert.equal(await createTopic(admin, 'js-made', 3), true)
      assert.ok((await admin.listTopics()).includes('js-made'))
      const { topics } = await admin.fetchTopicMetadata({ topics: ['js-made'] })
      assert.deepEqual(topics[0].partitions.map(partition => partition.partitionId).sort(), [0, 1, 2])
      assert.equal(await createTopic(admin, 'js-made'), false)
      await admin.deleteTopics({ topics: ['js-made'] })
      await until(async () => !(await admin.listTopics()).includes('js-made'), 'the topic is gone')
    })
  },

  async partitions_can_be_added(bootstrap) {
    await withAdmin(bootstrap, async admin => {
      await createTopic(admin, 'js-growing', 1)
      await admin.createPartitions({ topicPartitions: [{ topic: 'js-growing', count: 4 }] })
      const { topics } = await admin.fetchTopicMetadata({ topics: ['js-growing'] })
      assert.equal(topics[0].partitions.length, 4)
    })
  },

  async configs_are_described_and_altered(bootstrap) {
    await withAdmin(bootstrap, async admin => {
      await createTopic(admin, 'js-tuned', 1, [{ name: 'max.message.bytes', value: '50000' }])
      const resource = { type: ConfigResourceTypes.TOPIC, name: 'js-tuned' }
      const described = async () => {
        const { resources } = await admin.describeConfigs({ includeSynonyms: true, resources: [resource] })
        return resources[0].configEntries.find(entry => entry.configName === 'max.message.bytes').configValue
      }
      assert.equal(await described(), '50000')
      await admin.alterConfigs({
        validateOnly: false,
        resources: [{ ...resource, configEntries: [{ name: 'max.message.bytes', value: '70000' }] }],
      })
      assert.equal(await described(), '70000')
    })
  },

  async the_cluster_is_described(bootstrap) {
    await withAdmin(bootstrap, async admin => {
      const { brokers, controller, clusterId } = await admin.describeCluster()
      assert.deepEqual(brokers.map(({ host, port }) => `${host}:${port}`), [bootstrap])
      assert.equal(controller, brokers[0].nodeId)
      assert.ok(clusterId)
    })
  },

  async keys_values_and_headers_come_back_as_they_were(bootstrap) {
    const messages = [
      { key: 'k', value: 'v', headers: { a: ['1', '2'], empty: '' } },
      { key: null, value: 'no key' },
      { key: 'no value', value: null },
      { key: '', value: '' },
    ]
    await send(bootstrap, 'js-as-they-were', messages.map(message => ({ partition: 0, ...message })))
    const read = await readAll(bootstrap, 'js-as-they-were')
    assert.deepEqual(
      read.map(({ key, value }) => [key && key.toString(), value && value.toString()]),
      messages.map(({ key, value }) => [key, value])
    )
    assert.deepEqual(read[0].headers.a.map(String), ['1', '2'])
    assert.equal(String(read[0].headers.empty), '')
  },

  async an_idempotent_producer_keeps_order(bootstrap) {
    const topic = 'js-idempotent'
    await withAdmin(bootstrap, admin => createTopic(admin, topic, 2))
    await withProducer(bootstrap, { idempotent: true, maxInFlightRequests: 1 }, async producer => {
      for (let round = 0; round < 20; round++) {
        const messages = Array.from({ length: 100 }, (_, i) => ({ partition: i % 2, value: `${round * 100 + i}` }))
        await producer.send({ topic, acks: -1, messages })
      }
    })
    const read = await readAll(bootstrap, topic, 2)
    for (const partition of [0, 1]) {
      const values = read.filter(message => message.partition === partition).map(message => Number(message.value))
      assert.deepEqual(values, Array.from({ length: 1000 }, (_, i) => i * 2 + partition))
    }
  },

  async offsets_are_found_by_time(bootstrap) {
    const topic = 'js-timed'
    await withAdmin(bootstrap, async admin => {
      await createTopic(admin, topic)
      for (const timestamp of ['1000', '2000', '3000']) await send(bootstrap, topic, [{ value: 'x', timestamp }])
      assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp(topic, 1500), [{ partition: 0, offset: '1' }])
      const [ends] = await admin.fetchTopicOffsets(topic)
      assert.deepEqual([ends.low, ends.high], ['0', '3'])
    })
  },

  async records_are_deleted_up_to_an_offset(bootstrap) {
    const topic = 'js-trimmed'
    await withAdmin(bootstrap, async admin => {
      await createTopic(admin, topic)
      for (let i = 0; i < 5; i++) await send(bootstrap, topic, [{ value: `${i}` }])
      // kafkajs deletes by the metadata it has, and has that of a topic once it was asked about it.
      assert.equal((await admin.fetchTopicOffsets(topic))[0].high, '5')
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
      const [ends] = await admin.fetchTopicOffsets(topic)
      assert.deepEqual([ends.low, ends.high], ['3', '5'])
    })
    assert.deepEqual((await readToEnd(bootstrap, topic, [[0, '3']])).map(({ value }) => String(value)), ['3', '4'])
    await assert.rejects(readToEnd(bootstrap, topic, [[0, '0']]), { type: 'OFFSET_OUT_OF_RANGE' })
  },

  async every_kind_of_acknowledgement_delivers(bootstrap) {
    for (const acks of [0, 1, -1]) {
      const topic = `js-acks-${acks}`
      await withAdmin(bootstrap, admin => createTopic(admin, topic))
      await withProducer(bootstrap, {}, producer => producer.send({ topic, acks, messages: [{ value: 'x' }, { value: 'y' }] }))
      await until(async () => (await readAll(bootstrap, topic)).length === 2, `2 records with acks ${acks}`)
    }
  },
})
