// An order service as people write them with kafkajs: every change of an order is one record, keyed by the order's id, so that all changes of one
// order stay in order. Called as: node order-producer.js BOOTSTRAP TOPIC ORDERS
'use strict'

const { createRequire } = require('node:module')
const path = require('node:path')

const { Kafka, logLevel } = createRequire(path.join(__dirname, '..', 'kafkajs', 'package.json'))('kafkajs')

const CHANGES = ['created', 'paid', 'packed', 'shipped']

const run = async ([bootstrap, topic, orders]) => {
  const kafka = new Kafka({ clientId: 'order-service', brokers: [bootstrap], logLevel: logLevel.ERROR })
  const producer = kafka.producer()
  await producer.connect()
  for (let change = 0; change < CHANGES.length; change++) {
    for (let order = 0; order < Number(orders); order++) {
      const value = JSON.stringify({ orderId: `order-${order}`, change, state: CHANGES[change], at: new Date().toISOString() })
      await producer.send({ topic, acks: -1, messages: [{ key: `order-${order}`, value }] })
    }
  }
  await producer.disconnect()
}

run(process.argv.slice(2)).catch(error => {
  console.error(error)
  process.exit(1)
})
