// fleet evidence beside DuckDB and chdb on the same made-up telemetry.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { answerOfDocument } from './peers/evidence-answer.js'
import { generateTelemetry, telemetryAsOf } from './telemetry.js'

/**
 * Measures in turns: all of fleet evidence, and of the others events, first, last, tool results and failures per
 * session and user. `bench` is what run.js measures with.
 */
export function measureEvidence(megabytes, runs, bench) {
  const { folder, here, fleetProgram, homeOf, run, summary, compareAnswers, print, printTable, number } = bench
  const { path, bytes } = generateTelemetry({ megabytes, folder })
  const node = process.execPath
  const left = []
  const programs = [
    {
      label: 'fleet evidence',
      command: node,
      args: [fleetProgram, 'evidence', path, '--as-of', telemetryAsOf, '--json'],
      read: (output) => answerOfDocument(JSON.parse(output)),
    },
  ]
  const peer = (label, file, packageName, threads) => {
    const home = homeOf(packageName)
    if (home === undefined) left.push(`${label}: not installed (--install-peers)`)
    else
      programs.push({ label, command: node, args: [join(here, 'peers', file), path, home, threads], read: JSON.parse })
  }
  if (spawnSync('cat', [path], { stdio: 'ignore' }).status !== 0) left.push('cat: not there')
  else programs.unshift({ label: 'cat > /dev/null', command: 'cat', args: [path], silent: true })
  peer('DuckDB, 2 threads', 'evidence-duckdb.js', '@duckdb/node-api', '2')
  peer('DuckDB, 1 thread', 'evidence-duckdb.js', '@duckdb/node-api', '1')
  peer('chdb, 2 threads', 'evidence-chdb.js', 'chdb', '2')
  const measured = new Map(programs.map((program) => [program, []]))
  for (let round = 0; round < runs; round++) {
    for (const program of programs) measured.get(program).push(run({ cwd: folder, ...program }))
  }
  const answers = [...measured].flatMap(([{ label, read }, all]) =>
    read ? all.map(({ output }) => ({ label, answer: read(output) })) : [],
  )
  const ours = answers.find(({ label }) => label === 'fleet evidence').answer
  for (const { label, answer } of answers) compareAnswers(label, answer, ours)
  const rows = programs.map((program) => ({ label: program.label, ...summary(measured.get(program)) }))
  print(`## Evidence: ${number(ours.records)} records, ${number(Math.round(bytes / 1e6))} MB, ${runs} rounds\n`)
  printTable(rows, bytes / 1e6)
  for (const text of left) print(`- ${text}`)
  return { megabytes, bytes, rows, left }
}
