// Measures `fleet scan` beside other programs that do the same job on the same files, and checks that all of them give
// the same answer. Usage: --help.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, devNull, loadavg, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { measureEvidence } from './evidence.js'
import { exportDay, generate } from './generate.js'
import { measureReport } from './report.js'

const help = `Measures fleet scan beside other programs that do the same job, in turns, and compares their answers.

  npm run bench -- [options]

  --devices N      endpoints in the made-up exports; default 100000. 1000000 make about 1.8 GB of CSV.
  --runs K         rounds; every program runs once in each. Default 3.
  --megabytes N    made-up telemetry for evidence; default 200.
  --only A,B       only these: evidence, plan, report, fleet, cat, duckdb-2, duckdb-1, papaparse, csv-parse, start-up. A scan
                   always runs fleet too.
  --folder DIR     where exports and peers are kept; default fleet-bench in the system's temporary folder.
  --fleet FILE     the program to measure; default bin/run.js of this folder, which is built when dist/ is missing.
  --install-peers  install DuckDB, chdb, papaparse and csv-parse with npm, into peers/ of the folder.
  --slow           run csv-parse above 100000 devices too; it takes minutes.
  --json FILE      also write all measurements to this file.

Times are of the wall, from starting the program to its end. Ratios compare medians. Memory is the largest resident set.
Files are read once before measuring, so that all programs find them in the page cache. Trust ratios, not seconds, and
run it on a machine that does nothing else. Exit code 1: an answer differs from that of fleet, or a program failed.
`

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const here = dirname(fileURLToPath(import.meta.url))
const peerPackages = ['@duckdb/node-api', 'chdb', 'papaparse', 'csv-parse']

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '100000' },
    megabytes: { type: 'string', default: '200' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string' },
    folder: { type: 'string', default: join(tmpdir(), 'fleet-bench') },
    fleet: { type: 'string', default: join(root, 'bin', 'run.js') },
    'install-peers': { type: 'boolean' },
    slow: { type: 'boolean' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})

const folder = resolve(values.folder)
const fleetProgram = resolve(values.fleet)
const peersFolder = join(folder, 'peers')
const only = values.only?.split(',')
const wants = (name) => !only || only.includes(name)
const problems = []

async function main() {
  const [devices, runs] = [positive('devices'), positive('runs')]
  if (values['install-peers']) installPeers()
  if (fleetProgram === join(root, 'bin', 'run.js') && !existsSync(join(root, 'dist', 'commands'))) await build()
  print(`Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)} at the start\n`)
  const results = {}
  if (wants('start-up')) results.startUp = measureStartUp()
  if (wants('plan')) results.plan = measurePlan(devices, runs)
  if (wants('evidence')) results.evidence = measureEvidence(positive('megabytes'), runs, bench)
  if (wants('report')) results.report = await measureReport(devices, runs, bench)
  if (!only || only.some((name) => !['start-up', 'plan', 'evidence', 'report'].includes(name)))
    results.scan = measureScan(devices, runs)
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
  for (const problem of problems) print(`**MISMATCH** ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}

function positive(option) {
  const number = Number(values[option])
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new RangeError(`--${option} needs a whole number above 0`)
}

async function build() {
  await (await import(pathToFileURL(join(root, 'bin', 'build.js')).href)).build()
}

function installPeers() {
  mkdirSync(peersFolder, { recursive: true })
  writeFileSync(join(peersFolder, 'package.json'), '{ "private": true }\n')
  const options = ['--no-audit', '--no-fund', '--no-save']
  const { status } = spawnSync('npm', ['install', ...options, ...peerPackages], {
    cwd: peersFolder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error('npm could not install the peers')
}

/** The folder from which a package can be loaded: that of the peers, or the repository for development dependencies. */
function homeOf(name) {
  return [peersFolder, root].find((home) => {
    try {
      createRequire(join(home, 'package.json')).resolve(name)
      return true
    } catch {
      return false
    }
  })
}

// --- the scan, side by side ---

function measureScan(devices, runs) {
  const data = generate({ devices, folder })
  for (const path of data.paths) spawnSync(process.execPath, ['-e', readAll, path])
  const { programs, left } = contenders(data, devices)
  const measured = new Map(programs.map((program) => [program, []]))
  for (let round = 0; round < runs; round++) {
    for (const program of programs) measured.get(program).push(run(program))
  }
  const answer = fleetAnswer(data)
  for (const [{ name, read }, all] of measured) {
    for (const { output } of all) if (read) compareAnswers(name, read(output), answer.counts)
  }
  const rows = programs.map((program) => ({ label: program.label, ...summary(measured.get(program)) }))
  const megabytes = data.bytes / 1e6
  print(
    `## Scan: ${number(devices)} devices, ${number(answer.appRows)} app rows, ${number(Math.round(megabytes))} MB, ${runs} rounds\n`,
  )
  printTable(rows, megabytes)
  for (const text of left) print(`- ${text}`)
  print(`- fleet scan --json, once: ${seconds(answer.time)}, ${memory(answer.peak)}`)
  const compared = programs.filter(({ read }) => read).length
  if (compared === 0) print('- No other program gave an answer to compare.\n')
  else print(problems.length === 0 ? `- All ${compared + 1} answers are equal.\n` : '')
  return { devices, bytes: data.bytes, rows, left, json: { time: answer.time, peak: answer.peak } }
}

const readAll =
  "const fs = require('fs'); const b = Buffer.alloc(1 << 20); const f = fs.openSync(process.argv[1]); while (fs.readSync(f, b)) {}"

function contenders({ exports, paths, root: cwd }, devices) {
  const left = []
  const programs = []
  const add = (program) => {
    if (program.name === 'fleet' || wants(program.name)) programs.push({ cwd, ...program })
  }
  const peer = (name, label, file, packageName, ...rest) => {
    const home = homeOf(packageName)
    if (home === undefined) {
      if (wants(name)) left.push(`${label}: not installed (--install-peers)`)
      return
    }
    const args = [join(here, 'peers', file), exports, exportDay, home, ...rest]
    add({ name, label, command: process.execPath, args, read: JSON.parse })
  }
  const hasCat = spawnSync('cat', [paths[0]], { stdio: 'ignore' }).status === 0
  if (hasCat) add({ name: 'cat', label: 'cat > /dev/null', command: 'cat', args: paths, silent: true })
  else if (wants('cat')) left.push('cat: not there')
  add({
    name: 'fleet',
    label: 'fleet scan',
    command: process.execPath,
    args: [fleetProgram, 'scan', exports, '--as-of', exportDay],
  })
  peer('duckdb-2', 'DuckDB, 2 threads', 'duckdb.js', '@duckdb/node-api', '2')
  peer('duckdb-1', 'DuckDB, 1 thread', 'duckdb.js', '@duckdb/node-api', '1')
  peer('papaparse', 'papaparse', 'papaparse.js', 'papaparse')
  if (devices <= 100_000 || values.slow) peer('csv-parse', 'csv-parse', 'csv-parse.js', 'csv-parse')
  else if (wants('csv-parse')) left.push('csv-parse: left out above 100,000 devices (--slow)')
  return { programs, left }
}

/** Runs a program once; it must end with one of `exits`. Gives milliseconds, peak memory in bytes where it can be told, and what it wrote. */
function run({ command, args, cwd, silent, exits = [0] }) {
  const scratch = mkdtempSync(join(tmpdir(), 'fleet-bench-run-'))
  const note = join(scratch, 'peak')
  const [file, ...rest] = withPeakMemory(note, command, args)
  try {
    const started = performance.now()
    const { status, stdout, stderr, error } = spawnSync(file, rest, {
      cwd,
      // A scan is remembered, as it is for everybody, and forgotten with the scratch folder.
      env: { ...environment, FLEET_BENCH_PEAK: note, FLEET_HISTORY: join(scratch, 'history') },
      maxBuffer: 2 ** 30,
      stdio: ['ignore', silent ? 'ignore' : 'pipe', 'pipe'],
    })
    const time = performance.now() - started
    if (!exits.includes(status)) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`)
    const peak = existsSync(note) ? Number(readFileSync(note, 'utf8').trim().split('\n').at(-1)) * 1024 : undefined
    return { time, peak, output: stdout?.toString() }
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** What is measured is the program as users have it, not what this shell is set to. */
const { NODE_OPTIONS: _, NODE_ENV: __, ...environment } = process.env

// GNU time tells the peak of any program. Without it, Node's own figure does for programs that run on Node.
const hasGnuTime = spawnSync('/usr/bin/time', ['-f', '%M', '-o', devNull, 'true']).status === 0

function withPeakMemory(note, command, args) {
  if (hasGnuTime) return ['/usr/bin/time', '-f', '%M', '-o', note, command, ...args]
  if (command !== process.execPath) return [command, ...args]
  const atExit =
    "import { writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync(process.env.FLEET_BENCH_PEAK, String(process.resourceUsage().maxRSS)))"
  return [command, '--import', `data:text/javascript,${encodeURIComponent(atExit)}`, ...args]
}

/** What fleet says with --json. Endpoints come after the counts; they are left aside. */
function fleetAnswer({ exports, root: cwd }) {
  const scratch = mkdtempSync(join(tmpdir(), 'fleet-bench-run-'))
  const document = join(scratch, 'head.json')
  try {
    const node = process.execPath
    const args = ['-e', keepHead, document, node, fleetProgram, 'scan', exports, '--as-of', exportDay, '--json']
    const { time, peak } = run({ command: node, args, cwd })
    const head = JSON.parse(readFileSync(document, 'utf8'))
    // GNU time counts the programs that a program started; Node's own figure would be that of the reader.
    return { time, peak: hasGnuTime ? peak : undefined, counts: countsOf(head), appRows: rowsOf(head, 'apps.csv') }
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

// Reads the whole document, as a reader at the other end of a pipe would, and keeps what stands before the endpoints.
const keepHead = `
  const { spawn } = require('child_process')
  const { writeFileSync } = require('fs')
  const [file, command, ...args] = process.argv.slice(1)
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const mark = ',\\n  "endpoints": ['
  let head = ''
  let found = false
  child.stdout.on('data', (chunk) => {
    if (found) return
    head += chunk
    const end = head.indexOf(mark)
    if (end < 0) return
    found = true
    writeFileSync(file, head.slice(0, end) + '}')
  })
  child.on('close', (code) => { process.exitCode = code })
`

function rowsOf(head, file) {
  return head.sources.find((source) => source.file.endsWith(file)).records
}

/** The counts of a scan document in the form that the peers use. */
function countsOf(head) {
  const absent = head.reasons.filter(({ state, code }) => state === 'excluded' && code === 'not-installed')
  const { stale = 0, unknown = 0, upgrade = 0, ready = 0 } = head.states
  const states = { stale, unknown, upgrade, ready, absent: absent.reduce((sum, { endpoints }) => sum + endpoints, 0) }
  const versions = head.versions.filter(({ product, readable }) => product === 'claude-desktop' && readable)
  return {
    endpoints: head.coverage.managed.of,
    states: withoutZeros(states),
    departments: Object.fromEntries(
      head.breakdown.department.map(({ name, states: counts }) => [
        name === '(none)' ? '' : name,
        Object.values(counts).reduce((sum, count) => sum + count, 0),
      ]),
    ),
    versions: Object.fromEntries(versions.map(({ version, endpoints }) => [version, endpoints])),
  }
}

function withoutZeros(counts) {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}

function compareAnswers(name, theirs, ours) {
  for (const part of Object.keys(ours)) {
    if (isDeepStrictEqual(theirs[part], ours[part])) continue
    const text = `${name} and fleet differ in ${part}: ${JSON.stringify(theirs[part])} and ${JSON.stringify(ours[part])}`
    if (!problems.includes(text)) problems.push(text)
  }
}

// --- the plan ---

/** A scan of all devices, planned: with nothing else to do, and with every rule that costs time. */
function measurePlan(devices, runs) {
  const { exports, root: cwd } = generate({ devices, folder })
  const scan = join(folder, `scan-${devices}.json`)
  const node = process.execPath
  if (!existsSync(scan)) {
    print(`Scanning ${number(devices)} devices into ${scan} first.\n`)
    run({ command: node, args: [fleetProgram, 'scan', exports, '--as-of', exportDay, '--output', scan], cwd })
  }
  const output = join(folder, 'plan')
  const busy = ['--per-day', String(Math.ceil(devices / 200)), '--per-department', String(Math.ceil(devices / 500))]
  const programs = [
    { label: 'fleet plan --dry-run', command: node, args: [fleetProgram, 'plan', scan, '--dry-run'], cwd },
    { label: 'fleet plan', command: node, args: [fleetProgram, 'plan', scan, '--output', output, '--force'], cwd },
    {
      label: 'fleet plan, limits per day',
      command: node,
      args: [fleetProgram, 'plan', scan, '--output', output, '--force', ...busy],
      cwd,
    },
    { label: 'fleet plan check', command: node, args: [fleetProgram, 'plan', 'check', output, scan], cwd, exits: [8] },
  ]
  const measured = new Map(programs.map((program) => [program, []]))
  for (let round = 0; round < runs; round++) for (const program of programs) measured.get(program).push(run(program))
  const rows = programs.map((program) => ({ label: program.label, ...summary(measured.get(program)) }))
  const megabytes = statSync(scan).size / 1e6
  const { population, waves } = JSON.parse(readFileSync(join(output, 'plan.json'), 'utf8'))
  print(
    `## Plan: ${number(devices)} endpoints, ${number(population.planned)} of them in ${waves.length} waves, ${number(Math.round(megabytes))} MB, ${runs} rounds\n`,
  )
  printTable(rows, megabytes)
  return { devices, planned: population.planned, rows }
}

// --- start-up ---

function measureStartUp() {
  const { exports, root: cwd } = generate({ devices: 500, folder })
  const node = process.execPath
  const programs = [
    { label: 'node -e 0', command: node, args: ['-e', '0'] },
    { label: 'fleet --version', command: node, args: [fleetProgram, '--version'] },
    { label: 'fleet scan --help', command: node, args: [fleetProgram, 'scan', '--help'] },
    { label: 'fleet scan, 500 devices', command: node, args: [fleetProgram, 'scan', exports, '--as-of', exportDay] },
  ]
  const measured = programs.map(() => [])
  // The first round only warms the caches.
  for (let round = -1; round < 11; round++) {
    for (const [index, { command, args }] of programs.entries()) {
      const result = run({ command, args, cwd })
      if (round >= 0) measured[index].push(result)
    }
  }
  const rows = programs.map(({ label }, index) => ({ label, ...summary(measured[index]) }))
  print('## Start-up: 11 rounds\n')
  print('| program | median | min | x node -e 0 | peak memory |\n|---|--:|--:|--:|--:|')
  for (const { label, median, min, peak } of rows)
    print(
      `| ${label} | ${median.toFixed(0)} ms | ${min.toFixed(0)} ms | ${(median / rows[0].median).toFixed(1)} | ${memory(peak)} |`,
    )
  print('')
  return rows
}

// --- tables ---

function summary(runs) {
  const times = runs.map(({ time }) => time).sort((a, b) => a - b)
  const peaks = runs.map(({ peak }) => peak).filter((peak) => peak !== undefined)
  const middle = Math.floor(times.length / 2)
  const median = times.length % 2 === 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2
  return { median, min: times[0], peak: peaks.length === 0 ? undefined : Math.max(...peaks), times }
}

function printTable(rows, megabytes) {
  const [cat, fleet] = ['cat', 'fleet'].map((start) => rows.find(({ label }) => label.startsWith(start)))
  print('| program | median | min | MB/s | x cat | x fleet | peak memory |\n|---|--:|--:|--:|--:|--:|--:|')
  for (const { label, median, min, peak } of rows) {
    const [toCat, toFleet] = [cat, fleet].map((other) => (other ? (median / other.median).toFixed(2) : ''))
    const speed = number(Math.round((megabytes * 1000) / median))
    print(`| ${label} | ${seconds(median)} | ${seconds(min)} | ${speed} | ${toCat} | ${toFleet} | ${memory(peak)} |`)
  }
  print('')
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`
}

function memory(bytes) {
  return bytes === undefined ? '' : `${(bytes / 1e6).toFixed(0)} MB`
}

function number(value) {
  return value.toLocaleString('en-US')
}

function print(text) {
  process.stdout.write(`${text}\n`)
}

/** What is measured with, for measurements in files of their own. */
const bench = {
  ...{ folder, here, fleetProgram, homeOf },
  ...{ run, summary, compareAnswers, print, printTable, number, seconds },
}

if (values.help) process.stdout.write(help)
else await main()
