// What the kafkajs scripts share: choosing a scenario, and waiting for a condition. Called as:
// node client.js SCENARIO BOOTSTRAP [ARGUMENT...]; ends with 0 if the scenario holds.
'use strict'

const run = async scenarios => {
  const [name, bootstrap, ...rest] = process.argv.slice(2)
  if (!bootstrap || !Object.hasOwn(scenarios, name)) {
    throw new Error(`usage: node client.js SCENARIO BOOTSTRAP [ARGUMENT...]; scenarios: ${Object.keys(scenarios).join(', ')}`)
  }

  await scenarios[name](bootstrap, ...rest)
}

const main = scenarios =>
  run(scenarios).then(
    () => process.exit(0),
    error => {
      console.error(error)
      process.exit(1)
    }
  )

// Repeats a call that itself waits for the broker, until it returns something true.
const until = async (condition, what, timeoutMs = 30000) => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const result = await condition()
    if (result) return result
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`)
  }
}

module.exports = { main, until }
