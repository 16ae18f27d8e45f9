// A drill in a program of its own, for tests that send it a signal: the folder that stands for the machine is its argument.
import { drilled } from './drill-machine.js'

const [root] = process.argv.slice(2)
await drilled(root!, { hangs: 'start' }, { timeoutSeconds: 120 })
