import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/platform/sha256.js'
import type { ScanDocument } from '../../src/readiness/scan-document.js'
import { ReportDocument } from '../../src/report/view/report-document.js'
import type { VerdictDocument } from '../../src/waves/verdict-document.js'
import { asOf, failureOf, fleet, folderWith, type RunOptions, root, shell, temporaryFolder } from './run-fleet.js'

const samples = join(root, 'templates', 'samples')
const policy = ['--policy', join(samples, 'acme-telemetry', 'fleet.yaml')]
const cwd = temporaryFolder()
const inFolder = (name: string) => join(cwd, name)
const report = (args: readonly string[], options: RunOptions = {}) => fleet(['report', ...args], { cwd, ...options })
const everything = ['scan.json', 'verdict.json', 'plan', 'evidence.json']

/** From exports to a verdict, as an administrator does it. */
beforeAll(async () => {
  const run = async (args: readonly string[], exits: readonly number[] = [0]) => {
    const done = await fleet(args, { cwd })
    expect(exits, done.err).toContain(done.exit)
    return done
  }
  const acme = join(samples, 'acme')
  const scan = (day: string, ...more: string[]) =>
    run(['scan', acme, ...policy, '--as-of', day, '--history', 'kept', ...more])
  await scan('2026-11-18', '--output', 'bare.json')
  const logs = join(samples, 'acme-telemetry', 'archive')
  // 7: content above the tier of the policy got through, which is a finding to report.
  await run(['evidence', logs, '--scan', 'bare.json', ...policy, ...asOf, '--output', 'evidence.json'], [7])
  await scan('2026-11-20', '--evidence', 'evidence.json', '--output', 'scan.json')
  await run(['plan', 'scan.json', ...policy])
  writeFileSync(inFolder('verdict.json'), (await run(['plan', 'check', 'plan', 'scan.json', '--json'], [3, 8])).out)
}, 120_000)

describe('of the sample company', () => {
  it('is the same from a file and from stdin, with the policy that the scan names', async () => {
    const file = await report(['scan.json', '--no-history'])
    const stdin = await report(['-', '--no-history'], { input: readFileSync(inFolder('scan.json')) })
    const withoutDocuments = ({ out }: typeof file) => out.replace(/\n## Documents[\s\S]*/, '')
    expect(withoutDocuments(stdin)).toBe(withoutDocuments(file))
    expect(stdin.out).toContain('Acme Instruments')
  })

  it('takes --history or --no-history, not both', async () => {
    const error = failureOf(await report(['scan.json', '--history', 'kept', '--no-history', '--json']))
    expect([error.code, error.exit]).toEqual(['wrong-use', 2])
  })

  it.each(['html', 'markdown', 'junit', 'sarif', 'prometheus'])('names no account of anybody as %s', async (format) => {
    const file = `private.${format}`
    expect((await report([...everything, '--history', 'kept', '--format', format, '--output', file])).exit).toBe(0)
    expect(readFileSync(inFolder(file), 'utf8').match(/[\w.-]+\\?@[\w.-]+\.example/g)).toBeNull()
  })

  it('is Markdown for the ticket, the same twice, with the digests that sha256sum tells', async () => {
    const [first, second] = await Promise.all([
      report([...everything, '--history', 'kept']),
      report([...[...everything].reverse(), '--history', 'kept']),
    ])
    expect(first.exit).toBe(0)
    const { out } = first
    expect(out).toBe(second.out)
    const { coverage } = JSON.parse(readFileSync(inFolder('scan.json'), 'utf8')) as ScanDocument
    const percent = `${coverage.inScope.percent?.toFixed(1)} %`
    expect(out.startsWith('# Fleet readiness of Acme Instruments, 2026-11-20\n')).toBe(true)
    expect(out).toContain(
      `\nCoverage: **${percent}** of endpoints in scope. Target 95 % by 2026-12-18: **not met, ${coverage.missing} more needed**.\n`,
    )
    for (const title of ['Trend', 'States', 'Delivery chain', 'Telemetry', 'Waves', 'Gate checks', 'Documents'])
      expect(out.includes(`\n## ${title}\n`), title).toBe(title !== 'Delivery chain')
    expect(out).toMatch(
      new RegExp(`^\\| 2026-11-20 \\| ${percent} \\| [+-][\\d.]+ \\| ${coverage.ready} \\| 379 \\|`, 'm'),
    )
    expect(out).toMatch(/^\| pilot \| pilot \| planned \|.*\| hold, 2026-11-20 \|$/m)
    for (const file of ['scan.json', 'plan/plan.json', 'verdict.json', 'evidence.json'])
      expect(out).toContain(`| ${file} | 2026-11-20T00:00:00Z | \`${sha256(readFileSync(inFolder(file)))}\` |`)
    expect(first.err).toBe(
      'The scan warns that its numbers may be incomplete: page-truncated. See its warnings, export again, and scan again.\n',
    )
  })

  it('is what fleet scan prints for the ticket, where there is only the scan', async () => {
    const scan = ['scan', join(samples, 'acme'), ...asOf, '--no-history']
    const printed = await fleet([...scan, '--format', 'markdown'], { cwd })
    await fleet([...scan, '--output', 'alone.json'], { cwd })
    const { out } = await report(['alone.json', '--policy', join(samples, 'acme', 'fleet.yaml'), '--no-history'])
    expect(out.replace(/## Documents\n[\s\S]*?(?=## Exports)/, '')).toBe(printed.out)
  })

  it('is written in every form that its name asks for', async () => {
    const starts = {
      'r.md': '# Fleet readiness',
      'r.html': '<!doctype html>',
      'r.csv': '\ufeff"id"',
      'r.junit.xml': '<?xml',
      'r.sarif': '{',
      'r.prom': '# HELP fleet_',
    }
    for (const [name, start] of Object.entries(starts)) {
      const run = await report([...everything, '--no-history', '--output', name])
      expect([run.exit, run.out], name).toEqual([0, ''])
      expect(run.err, name).toMatch(new RegExp(`Wrote ${name} \\(\\w+\\)\\.\\n$`))
      expect(readFileSync(inFolder(name), 'utf8').slice(0, start.length).toLowerCase(), name).toBe(start.toLowerCase())
    }
  }, 60_000)

  it('is a document under --json, which names the file that was written', async () => {
    const run = await report([...everything, '--history', 'kept', '--json', '--output', 'json.md'])
    expect([run.exit, run.err]).toEqual([0, ''])
    const document = ReportDocument.parse(JSON.parse(run.out))
    expect(document.written).toEqual({ format: 'markdown', file: 'json.md' })
    expect(document.documents.map(({ kind }) => kind)).toEqual(['scan', 'plan', 'verdict', 'evidence', 'history'])
    expect(document.trend.map(({ date }) => date)).toEqual(['2026-11-18', '2026-11-20'])
    expect(document.problems.map(({ code }) => code)).toEqual(['scan-incomplete'])
    expect(readFileSync(inFolder('json.md'), 'utf8')).toMatch(/^# Fleet readiness/)
  })

  it('reads one document from stdin, and has its digest', async () => {
    const plan = readFileSync(inFolder('plan/plan.json'))
    const run = await report(['scan.json', '-', '--json', '--no-history'], { input: plan })
    const { documents, problems } = ReportDocument.parse(JSON.parse(run.out))
    expect(documents[1]).toMatchObject({ kind: 'plan', file: 'stdin', digest: `sha256:${sha256(plan)}` })
    expect(problems.map(({ code }) => code)).toEqual(['scan-incomplete'])
    const scan = await report(['-', 'plan', '--json', '--no-history'], { input: readFileSync(inFolder('scan.json')) })
    expect(ReportDocument.parse(JSON.parse(scan.out)).documents.map(({ file }) => file)).toEqual([
      'stdin',
      'plan/plan.json',
    ])
  })

  it('says when documents do not belong together', async () => {
    const run = await report(['bare.json', ...everything.slice(1), '--json', '--history', 'kept'])
    const { problems } = ReportDocument.parse(JSON.parse(run.out))
    const codes = problems.map(({ code }) => code)
    for (const code of ['plan-newer', 'verdict-newer', 'evidence-newer', 'evidence-not-in-scan', 'scan-not-newest'])
      expect(codes).toContain(code)
  })

  it('knows the evidence of the scan by its bytes', async () => {
    const evidence = readFileSync(inFolder('evidence.json'), 'utf8')
    const { telemetry } = JSON.parse(readFileSync(inFolder('scan.json'), 'utf8')) as ScanDocument
    expect(telemetry?.digest).toBe(`sha256:${sha256(evidence)}`)
    // Gathered again on the same day, with another answer.
    writeFileSync(inFolder('again.json'), evidence.replace('"read": ', '"read": 1'))
    const problemsWith = async (file: string) => {
      const { problems } = ReportDocument.parse(
        JSON.parse((await report(['scan.json', file, '--json', '--no-history'])).out),
      )
      return problems.map(({ code }) => code)
    }
    expect(await problemsWith('evidence.json')).toEqual(['scan-incomplete'])
    expect(await problemsWith('again.json')).toEqual(['scan-incomplete', 'evidence-not-in-scan'])
  })

  it('shows no verdict of another plan, and of two on one wave the gravest, in any order', async () => {
    const verdict = JSON.parse(readFileSync(inFolder('verdict.json'), 'utf8')) as VerdictDocument
    const newer = { ...verdict, asOf: '2026-11-21T00:00:00Z', verdict: 'advance' }
    const files = {
      'halt.json': { ...verdict, verdict: 'halt' },
      'foreign.json': { ...newer, plan: { ...verdict.plan, digest: `sha256:${'0'.repeat(64)}` } },
    }
    for (const [name, content] of Object.entries(files)) writeFileSync(inFolder(name), JSON.stringify(content))
    const given = ['scan.json', 'plan', 'verdict.json', 'halt.json', 'foreign.json', '--no-history']
    const { out } = await report([...given, '--json'])
    const { verdicts, problems } = ReportDocument.parse(JSON.parse(out))
    expect(verdicts).toEqual([{ wave: 'pilot', verdict: 'halt', asOf: verdict.asOf }])
    expect(problems.map(({ code }) => code)).toEqual(['scan-incomplete', 'verdict-of-other-plan', 'verdicts-disagree'])
    expect((await report([...[...given].reverse(), '--json'])).out).toBe(out)
    const markdown = (await report(given)).out
    expect(markdown).toMatch(/^\| pilot \| .* \| halt, 2026-11-20 \|$/m)
    expect(markdown).toContain('The verdict on pilot (advance, 2026-11-21) was given on another plan: it is left out.')
  })

  it('needs no history that FLEET_HISTORY names, and says when the history is one of another fleet', async () => {
    const of = async (args: readonly string[], env: Record<string, string>) => {
      const run = await report(['scan.json', '--json', ...args], { env })
      expect(run.exit, run.err).toBe(0)
      const { problems, trend } = ReportDocument.parse(JSON.parse(run.out))
      return [problems.map(({ code }) => code).filter((code) => code.includes('history')), trend.length]
    }
    expect(await of([], { FLEET_HISTORY: 'kept' })).toEqual([[], 2])
    expect(await of([], { FLEET_HISTORY: 'nowhere' })).toEqual([['no-history'], 0])
    expect(await of(['--no-history'], { FLEET_HISTORY: 'nowhere' })).toEqual([[], 0])
    expect(await of(['--history', 'kept'], { FLEET_HISTORY: 'nowhere' })).toEqual([[], 2])
    const other = join(samples, 'acme-history')
    expect((await of(['--history', other], {}))[0]).toEqual(['history-without-this-scan'])
  })

  it('goes without a history at the usual place that cannot be read', async () => {
    const folder = folderWith({ '.fleet/history/scans.jsonl/file': '' })
    const scan = inFolder('scan.json')
    const options = { cwd: folder }
    const markdown = await report([scan], options)
    expect(markdown.exit).toBe(0)
    expect(markdown.out).toContain('There is no trend. The history is a link, folder, pipe or device, not a file.')
    const csv = await report([scan, '--format', 'csv'], options)
    expect([csv.exit, csv.err]).toEqual([0, expect.not.stringContaining('trend')])
    const typed = await report([scan, '--history', '.fleet/history', '--json'], options)
    expect(failureOf(typed).code).toBe('history-not-a-file')
  })

  it('ends well when its reader has gone', async () => {
    const run = await shell('fleet report scan.json --format csv | head -1; echo $PIPESTATUS', { cwd })
    expect(run.out).toMatch(/^\ufeff"id".*\n0\n$/s)
  })
})

describe('what cannot be a report', () => {
  const changed = (name: string, from: string | RegExp, to: string) => {
    writeFileSync(inFolder(name), readFileSync(inFolder('scan.json'), 'utf8').replace(from, to))
    return name
  }

  it.each([
    ['two scans', ['scan.json', 'bare.json'], 'two-scans', 2],
    ['no scan', ['plan'], 'no-scan', 2],
    ['an export', [join(samples, 'acme', 'installed-apps.csv')], 'not-a-document', 4],
    ['a folder of exports', [join(samples, 'acme')], 'no-plan-in-folder', 4],
    ['a file that is not there', ['none.json'], 'input-not-found', 4],
    ['an unknown ending', ['scan.json', '--output', 'r.docx'], 'format-not-told', 2],
    [
      'the history as output',
      ['scan.json', '--history', 'kept', '--output', 'kept/scans.jsonl', '--format', 'csv'],
      'output-refused',
      5,
    ],
    ['an input as output', ['scan.json', '--format', 'markdown', '--output', 'scan.json'], 'output-refused', 5],
    ['a folder without a history', ['scan.json', '--history', 'nowhere'], 'no-history', 4],
  ])('is %s', async (_, args, code, exit) => {
    const error = failureOf(await report([...args, '--json']))
    expect([error.code, error.exit]).toEqual([code, exit])
    expect(error.tryThis?.length).toBeGreaterThan(0)
  })

  it('is a report on stdout beside the document of --json', async () => {
    const error = failureOf(await report(['scan.json', '--format', 'csv', '--json']))
    expect([error.code, error.exit]).toEqual(['json-and-format', 2])
  })

  it('is a scan with a damaged endpoint, or one too few, and nothing is written', async () => {
    const damaged = changed('damaged.json', '"state":"upgrade"', '"state":"upgraded"')
    const error = failureOf(await report([damaged, '--json', '--output', 'never.md']))
    expect([error.code, error.exit]).toEqual(['not-a-scan', 4])
    expect(error.where).toMatchObject({ file: damaged })
    const short = changed('short.json', /\n {4}\{"id":.*(?=\n)/, '')
    expect(failureOf(await report([short, '--json'])).code).toBe('scan-incomplete')
    expect(() => readFileSync(inFolder('never.md'))).toThrow()
  })

  it('is a plan that was changed by hand in its folder', async () => {
    mkdirSync(inFolder('changed'))
    for (const name of ['plan.json', 'SHA256SUMS'])
      writeFileSync(join(cwd, 'changed', name), readFileSync(join(cwd, 'plan', name)))
    writeFileSync(join(cwd, 'changed', 'plan.json'), `${readFileSync(inFolder('plan/plan.json'), 'utf8')} `)
    expect(failureOf(await report(['scan.json', 'changed', '--json'])).code).toBe('plan-changed')
  })
})
