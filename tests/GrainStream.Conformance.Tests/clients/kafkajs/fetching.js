// Reads partitions with kafkajs's own cluster, connection and fetch decoder.
//
// kafkajs's public consumer exists only as a member of a group, and GrainStream has no groups yet. This does what that
// consumer does once it has its partitions (src/consumer/fetcher.js): find the leaders, fetch, decode, drop what lies before
// the asked offset. So it tests kafkajs's Metadata and Fetch requests and its decoding of records, and says nothing of groups.
'use strict'

const Cluster = require('kafkajs/src/cluster')
const Batch = require('kafkajs/src/consumer/batch')
const createSocketFactory = require('kafkajs/src/network/socketFactory')
const { createLogger, LEVELS } = require('kafkajs/src/loggers')
const LoggerConsole = require('kafkajs/src/loggers/console')

const READ_UNCOMMITTED = 0

const connect = async (bootstrap, topic) => {
  const cluster = new Cluster({
    logger: createLogger({ level: LEVELS.ERROR, logCreator: LoggerConsole }),
    socketFactory: createSocketFactory(),
    brokers: [bootstrap],
    clientId: 'conformance',
    connectionTimeout: 10000,
    requestTimeout: 60000,
    enforceRequestTimeout: true,
    metadataMaxAge: 300000,
    allowAutoTopicCreation: false,
    isolationLevel: READ_UNCOMMITTED,
  })
  await cluster.connect()
  await cluster.addTargetTopic(topic)
  return cluster
}

// One fetch per leader of the partitions in positions (a Map of partition to offset); the batches of messages.
const fetchOnce = async (cluster, topic, positions, limits) => {
  const leaders = cluster.findLeaderForPartitions(topic, [...positions.keys()])
  const batches = []
  for (const [nodeId, partitions] of Object.entries(leaders)) {
    const broker = await cluster.findBroker({ nodeId })
    const { responses } = await broker.fetch({
      isolationLevel: READ_UNCOMMITTED,
      ...limits,
      topics: [
        {
          topic,
          partitions: partitions.map(partition => ({
            partition,
            fetchOffset: positions.get(partition),
            maxBytes: limits.maxBytes,
          })),
        },
      ],
    })
    for (const { partitions: fetched } of responses) {
      for (const data of fetched) batches.push(new Batch(topic, positions.get(data.partition), data))
    }
  }

  return batches
}

// Every message from the given offsets up to the high watermark of each partition, in order within a partition.
const readToEnd = async (bootstrap, topic, starts) => {
  const cluster = await connect(bootstrap, topic)
  const positions = new Map(starts)
  const messages = []
  while (positions.size > 0) {
    for (const batch of await fetchOnce(cluster, topic, positions, { maxWaitTime: 500, minBytes: 1, maxBytes: 4 << 20 })) {
      for (const message of batch.messages) messages.push({ partition: batch.partition, ...message })
      const next = batch.isEmptyIncludingFiltered() ? positions.get(batch.partition) : `${BigInt(batch.lastOffset()) + 1n}`
      if (BigInt(next) >= BigInt(batch.highWatermark)) positions.delete(batch.partition)
      else positions.set(batch.partition, next)
    }
  }

  await cluster.disconnect()
  return messages
}

// So many messages of partition 0 from an offset on, in small fetches.
const readSome = async (bootstrap, topic, start, count) => {
  const cluster = await connect(bootstrap, topic)
  const positions = new Map([[0, String(start)]])
  const messages = []
  while (messages.length < count) {
    for (const batch of await fetchOnce(cluster, topic, positions, { maxWaitTime: 500, minBytes: 1, maxBytes: 20000 })) {
      messages.push(...batch.messages)
      if (!batch.isEmptyIncludingFiltered()) positions.set(0, `${BigInt(batch.lastOffset()) + 1n}`)
    }
  }

  await cluster.disconnect()
  return messages.slice(0, count)
}

module.exports = { readSome, readToEnd }
