import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import stringWidth from 'string-width'
import { beforeAll, describe, expect, it } from 'vitest'
import { asOf, environment, fleet, folderWith, program, root, temporaryFolder } from './run-fleet.js'
import { apps, csvText, devices } from './small-company.js'

/** Runs a program on a terminal of the given width, and prints `exit <code>` and all that it wrote there. */
const onTerminal = `
import fcntl, os, pty, signal, struct, sys, termios, time
columns, answers, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    time.sleep(0.05)
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 50, columns, 0, 0))
seen, read = b'', 0
pending = [answer.split('=>', 1) for answer in answers.split('||')] if answers else []
# A question that nobody answers would hang the test.
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.alarm(20)
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    seen += part
    while pending and seen.find(pending[0][0].encode(), read) >= 0:
        keys = pending.pop(0)[1]
        time.sleep(0.2)
        read = len(seen)
        os.write(terminal, keys.encode().decode('unicode_escape').encode('latin-1'))
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(b'exit %d\\n' % os.waitstatus_to_exitcode(status))
sys.stdout.buffer.write(seen)
`

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import pty, termios, os; os.waitstatus_to_exitcode'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

interface Shown {
  readonly exit: number
  readonly text: string
}

let script: string
beforeAll(() => {
  script = join(temporaryFolder(), 'on-terminal.py')
  writeFileSync(script, onTerminal)
})

interface Screen {
  readonly cwd: string
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  /** What to type as soon as a text is shown: `text=>keys`, separated by `||`. */
  readonly answers?: string
}

function show(words: readonly string[], { cwd, columns = 80, env = {}, answers = '' }: Screen): Shown {
  const { NO_COLOR: _, ...withColour } = environment()
  const output = execFileSync('python3', [script, String(columns), answers, process.execPath, program, ...words], {
    cwd,
    env: { ...withColour, TERM: 'xterm-256color', ...env },
    encoding: 'utf8',
    timeout: 40_000,
    maxBuffer: 50_000_000,
  })
  const [, exit, text] = /^exit (-?\d+)\n([\s\S]*)$/.exec(output)!
  return { exit: Number(exit), text: text!.replaceAll('\r\n', '\n') }
}

const colours = /\u001b\[\d+(?:;\d+)*m/g
const small = () => folderWith({ 'devices.csv': csvText(devices), 'apps.csv': csvText(apps) })
const acme = join(root, 'templates', 'samples', 'acme')

// Needs python3 with its pty module, which Linux and macOS runners have.
describe.skipIf(!hasPython())('on a terminal', () => {
  it('the table has colours, and the same words as without', async () => {
    const cwd = small()
    const shown = show(['scan', '.', ...asOf], { cwd, columns: 100 })
    expect(shown.exit).toBe(0)
    expect(shown.text.match(colours)?.length).toBeGreaterThan(20)
    const plain = await fleet(['scan', '.', ...asOf], { cwd })
    // Blanks before the end of a colour stay at the end of a line.
    const words = shown.text.split('\n').map((line) => line.replaceAll(colours, '').trimEnd())
    expect(words).toEqual(plain.out.split('\n'))
  })

  it.each<Record<string, string>>([{ NO_COLOR: '1' }, { TERM: 'dumb' }, { NO_COLOR: 'yes', FORCE_COLOR: '0' }])(
    '%j takes the colours away',
    (env) => {
      const cwd = small()
      for (const words of [['scan', '.', ...asOf], ['gates'], ['sources'], ['scan', 'nowhere']]) {
        const { text } = show(words, { cwd, env })
        expect(text, words.join(' ')).not.toContain('\u001b')
      }
    },
  )

  it('data forms have no colours', () => {
    const cwd = small()
    for (const form of [['--json'], ['--format', 'csv'], ['--format', 'ndjson'], ['--format', 'markdown']]) {
      const { text, exit } = show(['scan', '.', ...asOf, ...form], { cwd })
      expect(exit).toBe(0)
      expect(text).not.toContain('\u001b')
    }
  })

  it.each([80, 120, 200])('lines fit a terminal of %i columns', (columns) => {
    const cwd = temporaryFolder()
    expect(show(['scan', acme, ...asOf, '--output', 'scan.json'], { cwd, columns }).exit).toBe(0)
    for (const words of [
      ['scan', acme, ...asOf],
      ['explain', 'ACMX00XKH8PP', 'scan.json'],
      ['gates'],
      ['sources'],
      ['sources', 'jamf-computers-api'],
    ]) {
      const { text } = show(words, { cwd, columns })
      expect(text.length).toBeGreaterThan(200)
      const wide = text.split('\n').filter((line) => stringWidth(line.replaceAll(colours, '')) > columns)
      expect(wide, words.join(' ')).toEqual([])
    }
  })

  it('hostile names stay harmless: nothing but our own colours, also in a question', () => {
    const name = 'a\u001b[2J\rb\u009bc\u202ed\u0007'
    const rows = [
      devices[0]!,
      ...devices.slice(1).map((row) => [row[0]!, name, ...row.slice(2, 5), name, ...row.slice(6, 9), name]),
    ]
    const files = { 'devices.csv': csvText(rows), 'apps.csv': csvText(apps) }
    const report = show(['scan', '.', ...asOf], { cwd: folderWith(files) })
    expect(report.exit).toBe(0)
    expect(report.text.replaceAll(colours, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(report.text).toContain('\\u{1b}[2J')
    const asked = show(['scan', '.', ...asOf], {
      cwd: folderWith({ ...files, [`${name}.csv`]: `x,${name}\n1,2\n` }),
      answers: 'Say which is which=>n\\r',
    })
    expect(asked.exit).toBe(4)
    expect(asked.text).toContain('fleet does not know the columns of')
    expect(asked.text).not.toMatch(/\u001b\[2J|[\u007f-\u009f\u202e]/)
  })

  it('- without a pipe is refused at once', () => {
    const { text, exit } = show(['scan', '-'], { cwd: small() })
    expect(exit).toBe(4)
    expect(text).toContain('Nothing is piped into stdin')
  })

  it('asks for the columns of a list that it does not know, and keeps the answer', async () => {
    const cwd = folderWith({
      'assets.csv': 'Asset Serial,Claude Ver,Seen\nA1,1.24012.9,2026-11-18T00:00:00Z\n',
    })
    const first = show(['scan', 'assets.csv', ...asOf], {
      cwd,
      answers: [
        'Say which is which=>\\r',
        'What identifies an endpoint=> \\r',
        'holds the serial number=>\\r',
        'host name=>\\r',
        'operating system=>\\r',
        'last check-in=>\\x1b[B\\x1b[B\\x1b[B\\r',
        'department=>\\r',
        'e-mail address=>\\r',
        'version of Claude Desktop=>\\x1b[B\\x1b[B\\r',
        'Keep this answer=>\\r',
        'Policy file:=>\\r',
      ].join('||'),
    })
    expect(first.exit, first.text).toBe(0)
    // The same scan needs no terminal any more.
    const second = await fleet(['scan', 'assets.csv', ...asOf, '--json'], { cwd })
    expect(JSON.parse(second.out)).toMatchObject({
      endpoints: [{ id: 'A1', desktop: { version: '1.24012.9' }, lastSeen: '2026-11-18T00:00:00Z' }],
    })
  })

  it('Ctrl-C at a question ends with 130 and leaves nothing behind', () => {
    const cwd = folderWith({ 'assets.csv': 'Asset Serial,Claude Ver\nA1,1.24012.9\n' })
    const { exit, text } = show(['scan', 'assets.csv', ...asOf], { cwd, answers: 'Say which is which=>\\x03' })
    expect(exit).toBe(130)
    expect(text).not.toMatch(/ {2,}at |ExitPromptError/)
  })

  it('init asks, checks each answer, and writes a policy that builds', async () => {
    const cwd = temporaryFolder()
    const { exit, text } = show(['init'], {
      cwd,
      answers: [
        'Name of the organisation=>Acme\\r',
        'OTLP address=>http://otel.acme.example\\r',
        'must be https=>\\x15https://otel.acme.example:4318\\r',
        'Protocol=>\\r',
        'How much content=>\\x1b[B\\r',
        'Authorization header=>\\r',
        'Which of these may stand=>\\r',
        'Which tools carry=> \\r',
      ].join('||'),
    })
    expect(exit, text).toBe(0)
    const policy = readFileSync(join(cwd, 'fleet.yaml'), 'utf8')
    expect(policy).toContain('organization: "Acme"')
    expect(policy).toMatch(/^ {2}privacy: tool-details$/m)
    expect(policy).toContain('"Authorization": "env:FLEET_OTLP_AUTHORIZATION"')
    expect(policy).toContain('mdm: [ jamf-pro ]')
    const built = show(['settings', 'build', ...asOf], { cwd, columns: 80 })
    expect(built.exit, built.text).toBe(0)
    const lines = built.text.slice(built.text.lastIndexOf('Built bundle')).replaceAll(colours, '').split('\n')
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([])
    expect(lines.length).toBeGreaterThan(20)
  })
})
