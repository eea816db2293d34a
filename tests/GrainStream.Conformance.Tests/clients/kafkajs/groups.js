// kafkajs as a member of groups, and its admin client's view of them.
'use strict'

const assert = require('node:assert/strict')
const { Kafka, logLevel } = require('kafkajs')
const { withAdmin } = require('./connecting')
const { main, until } = require('./scenario')
const { nameOf, newAssignment, tell, toldToLeave } = require('./membership')

const newConsumer = (bootstrap, config) =>
  new Kafka({ clientId: 'conformance', brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 60 } }).consumer({
    groupId: config.group,
    sessionTimeout: config.sessionTimeoutMs,
    rebalanceTimeout: 20000,
    heartbeatInterval: 500,
    metadataMaxAge: 1000,
    maxWaitTimeInMs: 200,
  })

const joined = async (consumer, topic) => {
  await consumer.subscribe({ topic, fromBeginning: true })
  const first = new Promise(resolve => consumer.on(consumer.events.GROUP_JOIN, resolve))
  await consumer.run({ autoCommit: false, eachMessage: async () => {} })
  return (await first).payload
}

main({
  async member(bootstrap, text) {
    const config = JSON.parse(text)
    const leaving = toldToLeave()
    const consumer = newConsumer(bootstrap, config)
    const owned = newAssignment()
    const { GROUP_JOIN, REBALANCING, CRASH } = consumer.events
    consumer.on(GROUP_JOIN, ({ payload }) =>
      owned.replace(
        Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) => partitions.map(partition => nameOf(topic, partition))),
        'assigned'
      )
    )
    consumer.on(REBALANCING, () => owned.replace([], 'revoked'))
    consumer.on(CRASH, ({ payload }) => tell('error', { code: payload.error.name, fatal: !payload.restart }))
    await consumer.connect()
    await consumer.subscribe({ topics: config.topics, fromBeginning: config.reset !== 'latest' })
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => {
        tell('record', { partition: nameOf(topic, partition), offset: Number(message.offset), value: String(message.value) })
        if (config.commit === false) return
        try {
          await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }])
          tell('committed', { value: String(message.value) })
        } catch (error) {
          tell('error', { code: error.type ?? error.name, fatal: false })
          throw error
        }
      },
    })
    await leaving
    await consumer.disconnect()
    tell('left')
  },

  async a_group_is_listed_described_and_deleted(bootstrap, group, topic) {
    const consumer = newConsumer(bootstrap, { group, sessionTimeoutMs: 6000 })
    await consumer.connect()
    try {
      await withAdmin(bootstrap, async admin => {
        const { memberId } = await joined(consumer, topic)
        const listed = (await admin.listGroups()).groups.find(one => one.groupId === group)
        assert.equal(listed.protocolType, 'consumer')
        const [described] = (await admin.describeGroups([group])).groups
        assert.deepEqual([described.errorCode, described.state, described.protocol], [0, 'Stable', 'RoundRobinAssigner'])
        assert.deepEqual(described.members.map(member => [member.memberId, member.clientHost]), [[memberId, '/127.0.0.1']])
        await assert.rejects(admin.deleteGroups([group]), error => error.groups[0].error.type === 'NON_EMPTY_GROUP')
        await consumer.disconnect()
        assert.equal((await admin.describeGroups([group])).groups[0].state, 'Empty')
        assert.deepEqual((await admin.deleteGroups([group])).map(({ groupId, errorCode }) => [groupId, errorCode]), [[group, 0]])
        assert.ok(!(await admin.listGroups()).groups.some(one => one.groupId === group))
        assert.equal((await admin.describeGroups([group])).groups[0].state, 'Dead')
        await assert.rejects(admin.deleteGroups([group]), error => error.groups[0].error.type === 'GROUP_ID_NOT_FOUND')
      })
    } finally {
      await consumer.disconnect()
    }
  },

  // The topic has three partitions and 10 records in the first.
  async offsets_are_set_reset_and_fetched(bootstrap, group, topic) {
    await withAdmin(bootstrap, async admin => {
      const offsets = async () => {
        const [{ partitions }] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
        return partitions.sort((one, other) => one.partition - other.partition).map(({ offset }) => offset)
      }
      assert.deepEqual(await offsets(), ['-1', '-1', '-1'])
      await admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 0, offset: '4' }, { partition: 2, offset: '0' }] })
      assert.deepEqual(await offsets(), ['4', '-1', '0'])
      await admin.resetOffsets({ groupId: group, topic, earliest: false })
      const [{ partitions }] = await admin.fetchOffsets({ groupId: group, topics: [topic], resolveOffsets: true })
      assert.equal(partitions.find(({ partition }) => partition === 0).offset, '10')

      const consumer = newConsumer(bootstrap, { group, sessionTimeoutMs: 6000 })
      await consumer.connect()
      try {
        await joined(consumer, topic)
        await assert.rejects(admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 0, offset: '1' }] }))
      } finally {
        await consumer.disconnect()
      }
      await until(async () => (await admin.describeGroups([group])).groups[0].state === 'Empty', 'the group is empty again')
      await admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 0, offset: '1' }] })
      assert.equal((await offsets())[0], '1')
    })
  },
})
