import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import semver from 'semver'
import { type Client, clientsToTry, fetchClient } from './client.js'
import type { Experiment } from './experiment.js'
import { experiments } from './experiments.js'
import { type Result, runExperiment, sessionsOf } from './matrix.js'
import { whySessionsCannotRun } from './private-mount.js'
import { formatResults, matrixDocument } from './report.js'

const sessionsAtOnce = 2

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { versions: { type: 'string' }, rule: { type: 'string', multiple: true }, matrix: { type: 'string' } },
  })
  const chosen = experiments.filter(({ rule }) => values.rule?.includes(rule) ?? true)
  if (chosen.length === 0) throw new Error(`no experiment shows a rule of that name: ${values.rule?.join(', ')}`)
  const why = await whySessionsCannotRun()
  if (why !== undefined) return skip(why)
  const clients = await clientsOf(values.versions?.split(','))
  if (clients.length === 0) return skip('no client could be fetched, and none is installed')
  const results: Result[] = []
  for (const client of clients) {
    process.stderr.write(`${client.version}: ${chosen.length} experiments\n`)
    results.push(...(await resultsOf(client, chosen)))
  }
  const order = new Map(chosen.map((experiment, index) => [`${experiment.rule}/${experiment.id}`, index]))
  const place = (result: Result) => order.get(`${result.rule}/${result.experiment}`)!
  results.sort((left, right) => place(left) - place(right))
  const versions = clients.map((client) => client.version)
  console.log(formatResults(results, versions))
  if (values.matrix !== undefined) await writeMatrix(values.matrix, matrixDocument(chosen, results, versions))
  const failed = results.filter((result) => !result.holds).length
  console.log(`\n${results.length - failed} of ${results.length} claims hold`)
  return failed === 0 ? 0 : 1
}

/** Writes the document as the repository's formatter has it, so that it can be checked in as it is. */
async function writeMatrix(file: string, document: string): Promise<void> {
  const { stdout } = await execa('biome', ['format', '--stdin-file-path=client-matrix.json'], {
    input: document,
    preferLocal: true,
  })
  await writeFile(file, `${stdout}\n`)
}

function skip(why: string): number {
  console.log(`skipped: ${why}`)
  return 0
}

/** The named versions, which must all be had, or those that can be. */
async function clientsOf(named: readonly string[] | undefined): Promise<Client[]> {
  if (named === undefined) return await clientsToTry()
  const clients: Client[] = []
  for (const version of named) {
    clients.push(
      await fetchClient(version).catch((cause: unknown) => {
        throw new Error(`client ${version} cannot be fetched`, { cause })
      }),
    )
  }
  return clients.sort((left, right) => semver.compare(left.version, right.version))
}

async function resultsOf(client: Client, chosen: readonly Experiment[]): Promise<Result[]> {
  const run = sessionsOf(client)
  const waiting = [...chosen]
  const results: Result[] = []
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.push(await runExperiment(next, client.version, run))
    }
  }
  await Promise.all(Array.from({ length: sessionsAtOnce }, worker))
  return results
}

process.exitCode = await main()
