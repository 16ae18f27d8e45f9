// A drill of the machine it runs on, in a program of its own: the test runs it where the managed settings are its own.
import { thisMachine } from '../../src/platform/this-machine.js'
import { loadPolicy } from '../../src/policy/load-policy.js'
import { drillText } from '../../src/report/drill-text.js'
import { terminalLook } from '../../src/report/terminal-look.js'
import { runDrill } from '../../src/selftest/drill/run-drill.js'

const [policyFile, client] = process.argv.slice(2)
const { policy } = await loadPolicy(policyFile)
const announced: string[] = []
const document = await runDrill({
  machine: thisMachine(),
  policy,
  client,
  yes: true,
  announce: (lines) => announced.push(...lines),
})
process.stdout.write(JSON.stringify({ document, announced, text: drillText(document, terminalLook()) }))
