import { appendFileSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, describe, expect, it } from 'vitest'
import { environment, fleet, folderWith, program, shell } from './run-fleet.js'
import { apps, csvText, devices } from './small-company.js'

const files = { 'exports/devices.csv': csvText(devices), 'exports/apps.csv': csvText(apps) }

const running: (() => void)[] = []
afterAll(() => {
  for (const stop of running.splice(0)) stop()
})

/** A watch that runs, and what it has said so far. */
function startWatch(cwd: string, args: readonly string[], settle = 1) {
  const child = execa(process.execPath, [program, 'scan', 'exports', '--watch', '--settle', `${settle}`, ...args], {
    cwd,
    env: environment(),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    forceKillAfterDelay: 1000,
  })
  running.push(() => child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const said = () => ({ out, err })
  return {
    child,
    said,
    /** Waits for a text on stdout or stderr. */
    async sees(text: string | RegExp) {
      for (let turn = 0; turn < 300; turn++) {
        if (`${out}\n${err}`.search(text) >= 0) return
        await wait(50)
      }
      expect(`${out}\n${err}`).toMatch(text)
    },
    /** The lines that head the scans so far, without their times. */
    scans: () =>
      `${out}\n${err}`.split('\n').flatMap((line) => /^\d{4}-\d{2}-\d{2}T[\d:]+Z {2}(scan .*)$/.exec(line)?.[1] ?? []),
    async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM') {
      child.kill(signal)
      return await child
    },
  }
}

describe.concurrent('fleet scan --watch', { timeout: 40_000 }, () => {
  it('scans at once, after a new file, a slow copy, a burst and a removal: once each, and ends with SIGTERM', async () => {
    const cwd = folderWith(files)
    const settle = 3
    const watch = startWatch(cwd, ['--output', 'exports/scan.json', '--history', 'exports/history'], settle)
    await watch.sees('Watching exports.')
    expect(JSON.parse(readFileSync(join(cwd, 'exports/scan.json'), 'utf8')).endpoints).toHaveLength(7)

    // In pieces, with breaks that are much shorter than what it waits for: half of it is never scanned.
    const more = csvText([
      devices[0]!,
      ...devices
        .slice(1)
        .map((row) =>
          row.map((cell, index) =>
            index === 0 ? `9${cell.slice(1)}` : index === 1 || index === 6 ? `${cell}X` : cell,
          ),
        ),
    ])
    const file = openSync(join(cwd, 'exports/more.csv'), 'w')
    for (let piece = 0; piece < 8; piece++) {
      const from = Math.floor((more.length * piece) / 8)
      writeSync(file, more.slice(from, Math.floor((more.length * (piece + 1)) / 8)))
      await wait(250)
    }
    await watch.sees('scan 2: added exports/more.csv')
    await watch.sees(/scan 2(?:.|\n)*of 14/)

    for (let index = 0; index < 20; index++) writeFileSync(join(cwd, `exports/note-${index}.md`), 'note')
    writeFileSync(join(cwd, 'exports/late.csv.partial'), 'not, finished')
    mkdirSync(join(cwd, 'exports/batch.partial'))
    writeFileSync(join(cwd, 'exports/batch.partial/more.csv'), more)
    await watch.sees(/scan 3: added exports\/note-0\.md, .* and 10 more\n/)

    rmSync(join(cwd, 'exports/more.csv'))
    appendFileSync(join(cwd, 'exports/apps.csv'), '\n')
    await watch.sees('scan 4: changed exports/apps.csv; removed exports/more.csv')
    await watch.sees(/scan 4(?:.|\n)*Wrote exports/)
    // As long as anything could still come of what it wrote itself.
    await wait(settle * 1000 + 500)
    const { exitCode, signal, stderr } = await watch.stop()
    expect([exitCode, signal]).toEqual([undefined, 'SIGTERM'])
    expect(watch.scans()).toHaveLength(4)
    expect(stderr).not.toMatch(/Error|history\/|scan\.json:/)
    expect(watch.said().out).not.toContain('\u001b')
    expect(JSON.parse(readFileSync(join(cwd, 'exports/scan.json'), 'utf8')).endpoints).toHaveLength(7)
    expect(watch.said().out).toContain('scan.json (output)')
    expect(watch.said().out).toContain('more.csv (unfinished)')
    expect(readFileSync(join(cwd, 'exports/history/scans.jsonl'), 'utf8').match(/^\{/gm)).toHaveLength(4)
  })

  it('goes on after a scan that fails, also for want of a policy, and takes up its own output again', async () => {
    const cwd = folderWith({
      'exports/apps.csv': csvText(apps),
      'exports/scan.json': '{"schema": "fleet.scan/v1"}',
      'fleet.yaml': 'organization: First\n',
    })
    rmSync(join(cwd, 'exports/apps.csv'))
    const watch = startWatch(cwd, ['--output', 'exports/scan.json', '--fail-under', '100'])
    await watch.sees('This scan has no result. fleet goes on watching.')
    expect(readFileSync(join(cwd, 'exports/scan.json'), 'utf8')).toBe('{"schema": "fleet.scan/v1"}')

    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
    await watch.sees('scan 2: added exports/apps.csv, exports/devices.csv')
    await watch.sees('Coverage is below --fail-under 100.')

    writeFileSync(join(cwd, 'fleet.yaml'), 'organisation: Wrong\n')
    await watch.sees(/scan 3: changed fleet\.yaml\nError: The policy has a mistake/)
    writeFileSync(join(cwd, 'fleet.yaml'), 'organization: Second\n')
    await watch.sees(/scan 4: changed fleet\.yaml\nSecond/)
    await watch.stop()
  })

  it('writes --format to the file, shows what cannot be read and what is below, and ends with SIGINT', async () => {
    const cwd = folderWith({ ...files, 'exports/page.html': '<html><body>Sign in</body></html>' })
    const watch = startWatch(cwd, ['--format', 'ndjson', '-o', 'rows', '--as-of', '2026-11-20', '--fail-under', '100'])
    await watch.sees('Not everything could be read: see Files.')
    expect(watch.said().err).toContain('Coverage is below --fail-under 100.')
    expect(readFileSync(join(cwd, 'rows'), 'utf8').trimEnd().split('\n')).toHaveLength(7)
    expect(watch.said().out).toContain('\nCoverage  ')
    const { signal } = await watch.stop('SIGINT')
    expect(signal).toBe('SIGINT')
  })

  it.each([
    ['INT', 130],
    ['TERM', 143],
  ])('says nothing when SIG%s ends it with %i', async (signal, exit) => {
    const run = await shell(
      `"$FLEET_NODE" "$FLEET_PROGRAM" scan exports --watch --settle 1 >out 2>err & pid=$!
       for turn in $(seq 200); do grep -q Watching err && break; sleep 0.1; done
       kill -${signal} $pid; wait $pid 2>/dev/null; echo "exit $?"; cat err`,
      { cwd: folderWith(files) },
    )
    // Whether its files were written just now is a matter of how busy the machine is.
    expect(run.out.replace(/^Something has just been written: .*\n/m, '')).toBe(`exit ${exit}\nWatching exports.\n`)
  })

  it('ends when its reader goes away', async () => {
    const run = await shell(
      `: >err
       (for turn in $(seq 200); do grep -q Watching err && break; sleep 0.1; done; echo >>exports/apps.csv) &
       fleet scan exports --watch --settle 1 2>err | head -1 >/dev/null; echo "exit \${PIPESTATUS[0]}"`,
      { cwd: folderWith(files) },
    )
    expect(run.out).toBe('exit 0\n')
  })

  it('ends with 5 when its results cannot be written', async () => {
    const run = await shell('fleet scan exports --watch --settle 1 >/dev/full; echo "exit $?"', {
      cwd: folderWith(files),
    })
    expect(run.out).toBe('exit 5\n')
    expect(run.err).toMatch(/^Error: .*disk is full\.\n/m)
  })

  it.each<[string, number]>([
    ['scan - --watch', 2],
    ['scan exports --watch --json', 2],
    ['scan exports --watch --format csv', 2],
    ['scan exports --settle 2', 2],
    ['scan exports --watch --settle 0', 2],
    ['scan nowhere --watch', 4],
    ['scan exports --watch --policy bad.yaml', 4],
    ['scan exports --watch --policy nowhere.yaml', 2],
    ['scan exports --watch --fail-under much', 2],
  ])('fleet %s ends at once with %i', async (words, exit) => {
    const cwd = folderWith({ ...files, 'bad.yaml': 'nope: 1\n' })
    const run = await fleet(words.split(' '), { cwd })
    expect(run.exit).toBe(exit)
    expect(run.err + run.out).toMatch(/Error: |"error"/)
  })

  it('never writes over an export', async () => {
    const cwd = folderWith(files)
    const watch = startWatch(cwd, ['--output', 'exports/devices.csv'])
    await watch.sees('The target is one of the inputs.')
    await watch.stop()
    expect(readFileSync(join(cwd, 'exports/devices.csv'), 'utf8')).toBe(files['exports/devices.csv'])
  })
})
