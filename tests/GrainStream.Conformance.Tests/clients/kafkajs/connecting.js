// kafkajs's producers and admin clients, connected for as long as they are used.
'use strict'

const { Kafka, Partitioners, logLevel } = require('kafkajs')

const kafka = bootstrap => new Kafka({ clientId: 'conformance', brokers: [bootstrap], logLevel: logLevel.NOTHING, connectionTimeout: 10000 })

const withProducer = async (bootstrap, settings, use) => {
  const producer = kafka(bootstrap).producer({ createPartitioner: Partitioners.DefaultPartitioner, ...settings })
  await producer.connect()
  try {
    return await use(producer)
  } finally {
    await producer.disconnect()
  }
}

const withAdmin = async (bootstrap, use) => {
  const admin = kafka(bootstrap).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

const createTopic = (admin, topic, numPartitions = 1, configEntries = []) =>
  admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }] })

module.exports = { createTopic, withAdmin, withProducer }
