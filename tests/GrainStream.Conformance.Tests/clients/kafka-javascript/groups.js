// @confluentinc/kafka-javascript (a recent librdkafka) as a member of groups of either protocol, and its admin client's view of them.
'use strict'

const assert = require('node:assert/strict')
const { KafkaJS } = require('@confluentinc/kafka-javascript')
const { main, until } = require('../kafkajs/scenario')
const { nameOf, newAssignment, tell, toldToLeave } = require('../kafkajs/membership')

const { ConsumerGroupStates, ConsumerGroupTypes, ErrorCodes, Kafka, logLevel } = KafkaJS

const newKafka = bootstrap => new Kafka({ 'bootstrap.servers': bootstrap, kafkaJS: { logLevel: logLevel.NOTHING } })

// Session and heartbeat are the group's own business in the consumer protocol, and so is who shares the partitions out.
const settingsOf = config => ({
  'group.id': config.group,
  'group.protocol': config.protocol,
  'auto.offset.reset': config.reset ?? 'earliest',
  'enable.auto.commit': false,
  'topic.metadata.refresh.interval.ms': 1000,
  ...(config.instance && { 'group.instance.id': config.instance }),
  ...(config.protocol === 'consumer'
    ? { ...(config.assignor && { 'group.remote.assignor': config.assignor }) }
    : {
        'session.timeout.ms': config.sessionTimeoutMs,
        'heartbeat.interval.ms': 500,
        ...(config.assignor && { 'partition.assignment.strategy': config.assignor }),
      }),
})

const names = partitions => partitions.map(({ topic, partition }) => nameOf(topic, partition))

const withAdmin = async (bootstrap, use) => {
  const admin = newKafka(bootstrap).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

const withMember = async (bootstrap, config, topic, use) => {
  const consumer = newKafka(bootstrap).consumer(settingsOf(config))
  await consumer.connect()
  try {
    await consumer.subscribe({ topic })
    await consumer.run({ eachMessage: async () => {} })
    await until(async () => consumer.assignment().length > 0 || new Promise(resolve => setImmediate(resolve, false)), 'partitions are assigned')
    return await use(consumer)
  } finally {
    await consumer.disconnect()
  }
}

const groupOf = async (admin, group) => (await admin.describeGroups([group])).groups[0]

main({
  async member(bootstrap, text) {
    const config = JSON.parse(text)
    const leaving = toldToLeave()
    const owned = newAssignment()
    const consumer = newKafka(bootstrap).consumer({
      ...settingsOf(config),
      rebalance_cb: (error, partitions, functions) => {
        if (error.code === ErrorCodes.ERR__ASSIGN_PARTITIONS) owned.assigned(names(partitions))
        else owned.revoked(names(partitions), functions.assignmentLost() ? 'lost' : 'revoked')
      },
    })
    await consumer.connect()
    await consumer.subscribe({ topics: config.topics.map(topic => (topic.startsWith('^') ? new RegExp(topic) : topic)) })
    await consumer.run({
      eachMessage: async ({ topic, partition, message }) => {
        tell('record', { partition: nameOf(topic, partition), offset: Number(message.offset), value: String(message.value) })
        if (config.commit === false) return
        try {
          await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }])
          tell('committed', { value: String(message.value) })
        } catch (error) {
          tell('error', { code: error.type ?? error.name, fatal: false })
        }
      },
    })
    await leaving
    await consumer.disconnect()
    tell('left')
  },

  async a_group_is_listed_described_and_deleted(bootstrap, protocol, group, topic) {
    const type = protocol === 'consumer' ? ConsumerGroupTypes.CONSUMER : ConsumerGroupTypes.CLASSIC
    await withAdmin(bootstrap, async admin => {
      await withMember(bootstrap, { group, protocol, sessionTimeoutMs: 6000 }, topic, async consumer => {
        const listed = (await admin.listGroups({ matchConsumerGroupTypes: [type] })).groups.find(one => one.groupId === group)
        assert.equal(listed.protocolType, 'consumer')
        await until(async () => (await groupOf(admin, group)).state === ConsumerGroupStates.STABLE, 'the group is stable')
        const described = await groupOf(admin, group)
        assert.equal(described.type, type)
        assert.equal(described.partitionAssignor, protocol === 'consumer' ? 'uniform' : 'roundrobin')
        const [member] = described.members
        assert.equal(described.members.length, 1)
        assert.deepEqual(
          names(member.assignment.topicPartitions).sort(),
          names(consumer.assignment()).sort()
        )
        await assert.rejects(admin.deleteGroups([group]), error => error.groups[0].errorCode === ErrorCodes.ERR_NON_EMPTY_GROUP)
      })
      await until(async () => (await groupOf(admin, group)).state === ConsumerGroupStates.EMPTY, 'the group is empty')
      assert.deepEqual((await admin.deleteGroups([group])).map(({ groupId, errorCode }) => [groupId, errorCode]), [[group, 0]])
      assert.ok(!(await admin.listGroups()).groups.some(one => one.groupId === group))
    })
  },

  // The topic has three partitions and 10 records in the first.
  async offsets_of_a_group_are_fetched(bootstrap, protocol, group, topic) {
    const offsets = async admin => {
      const [{ partitions }] = await admin.fetchOffsets({ groupId: group, topics: [{ topic, partitions: [0, 1, 2] }] })
      return partitions.sort((one, other) => one.partition - other.partition).map(({ offset }) => offset)
    }
    await withAdmin(bootstrap, async admin => {
      assert.ok((await offsets(admin)).every(offset => Number(offset) < 0))
      await withMember(bootstrap, { group, protocol, sessionTimeoutMs: 6000 }, topic, async consumer => {
        await consumer.commitOffsets([{ topic, partition: 0, offset: '6' }])
        const committed = await consumer.committed([{ topic, partition: 0 }])
        assert.equal(committed[0].offset, '6')
      })
      assert.equal((await offsets(admin))[0], '6')
    })
  },
})
