// What the JavaScript members of groups share: telling the test what happens, one JSON object a line, and leaving when told to.
// A member is called as: node <script> member BOOTSTRAP CONFIG, with CONFIG as in GroupMember.cs. It leaves its group and ends
// when its standard input says "leave" or ends.
'use strict'

const readline = require('node:readline')

const tell = (event, what = {}) => process.stdout.write(`${JSON.stringify({ event, ...what })}\n`)

const toldToLeave = () =>
  new Promise(resolve => {
    const lines = readline.createInterface({ input: process.stdin })
    lines.on('line', line => line.trim() === 'leave' && resolve())
    lines.on('close', resolve)
  })

// What the member owns now; told after each change.
const newAssignment = () => {
  let owned = new Set()
  const tellIt = why => tell('assignment', { why, partitions: [...owned].sort() })
  return {
    replace(partitions, why) {
      owned = new Set(partitions)
      tellIt(why)
    },
    assigned(partitions) {
      partitions.forEach(partition => owned.add(partition))
      tellIt('assigned')
    },
    revoked(partitions, why = 'revoked') {
      partitions.forEach(partition => owned.delete(partition))
      tellIt(why)
    },
  }
}

const nameOf = (topic, partition) => `${topic}-${partition}`

module.exports = { nameOf, newAssignment, tell, toldToLeave }
