import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claudeCodeInstallScripts } from '../../../src/bundle/artifacts/claude-code-scripts.js'
import { claudeCodeSettings } from '../../../src/bundle/claude-code-settings.js'
import type { BundlePlan } from '../../../src/bundle/plan.js'
import { foldSerial, serialProblem } from '../../../src/inventory/serial-number.js'
import { hostileTexts } from '../../builders/hostile-texts.js'
import { planOf } from '../../builders/plan.js'
import { attributesIn, identified, scriptOf, settingsFile, simple, telemetry } from '../scripts/settings-script.js'
import { commonTools, sandbox, shells, withTools } from '../scripts/shell-sandbox.js'

describe('the identity of the endpoint', () => {
  const script = scriptOf(planOf({ telemetry }))

  it('stands where its places were', () => {
    const { root, run } = sandbox()
    expect(run(script, ['--root', root], { environment: identified })).toMatchObject({ status: 0, stderr: '' })
    expect(attributesIn(root)).toBe(
      'department=Field%2C%20Ops%3D1%20%C3%A9,fleet.hostname=mac-01.example,fleet.policy=0123456789abcdef,fleet.serial=C02XK1ABCD',
    )
    expect(run(script, ['--check', '--root', root], { environment: identified }).status).toBe(0)
    expect(
      run(script, ['--check', '--root', root], { environment: { ...identified, FLEET_SERIAL: 'OTHER1' } }).status,
    ).toBe(1)
  })

  it('is not that of the machine that builds an image', () => {
    const { root, run } = sandbox()
    expect(run(script, ['--root', root]).status).toBe(0)
    expect(attributesIn(root)).toBe('department=Field%2C%20Ops%3D1%20%C3%A9,fleet.policy=0123456789abcdef')
  })

  it.each([
    '',
    '0',
    'To be filled by O.E.M.',
    'None',
    'none',
    'Default string',
    'System Serial Number',
    'Not Specified',
    '00000000',
    'FFFF-FFFF',
    'XXXXXXX',
    '.......',
    '99999',
    '--',
    '-1',
    'a',
    '123456789',
    'a'.repeat(65),
    'AB CD',
    'AB,CD=1',
    'AB"CD',
    'AB\\CD',
    '$(touch x)',
    '`touch x`',
    'é1234',
    'A%20B',
    '&',
    'A&B',
    '{{FleetHostname}}',
  ])('leaves %j out, and says so', (serial) => {
    const { root, run, strayFiles } = sandbox()
    const result = run(script, ['--root', root], { environment: { ...identified, FLEET_SERIAL: serial } })
    expect(result).toMatchObject({
      status: 0,
      stderr: 'install-claude-code-settings: No usable serial number here: that resource attribute is left out.\n',
    })
    expect(attributesIn(root)).toBe(
      'department=Field%2C%20Ops%3D1%20%C3%A9,fleet.hostname=mac-01.example,fleet.policy=0123456789abcdef',
    )
    expect(strayFiles()).toEqual([])
  })

  it.each(['C02', 'C02XK1ABCD  ', '\tPF-2.A_b9', 'a'.repeat(64), 'FFFFFFFE', '9999', 'AB\nsecond line'])(
    'takes %j',
    (serial) => {
      const { root, run } = sandbox()
      expect(run(script, ['--root', root], { environment: { ...identified, FLEET_SERIAL: serial } }).stderr).toBe('')
      expect(attributesIn(root)).toContain(`,fleet.serial=${serial.trim().split('\n')[0]}`)
    },
  )

  it('agrees with the inventory on what is no serial number', () => {
    const fillers = [...script.matchAll(/^ {4}([A-Z0-9 |.-]+)\) return 0 ;;$/gm)].flatMap(([, list = '']) =>
      list.split('|').map((item) => item.trim()),
    )
    expect(fillers.length).toBeGreaterThan(30)
    const names = ['LOCALHOST', 'LOCALHOST.LOCALDOMAIN', 'LOCALHOST.LOCAL', 'DEFAULT']
    for (const filler of fillers)
      if (!names.includes(filler)) expect([filler, serialProblem(foldSerial(filler))]).toEqual([filler, 'placeholder'])
  })

  it('leaves the words of a place alone where the policy says them', () => {
    const { root, run } = sandbox()
    const words = 'fleet.serial={{FleetSerial}},{{FleetHostname}}'
    const plan = planOf({
      telemetry,
      claudeCode: {
        settings: { statusLine: words, env: { OTHER: words }, nested: { env: { OTEL_RESOURCE_ATTRIBUTES: words } } },
      },
    })
    expect(run(scriptOf(plan), ['--root', root], { environment: identified }).status).toBe(0)
    const written = JSON.parse(readFileSync(settingsFile(root), 'utf8'))
    expect([written.statusLine, written.env.OTHER, written.nested.env.OTEL_RESOURCE_ATTRIBUTES]).toEqual([
      words,
      words,
      words,
    ])
    expect(written.env.OTEL_RESOURCE_ATTRIBUTES).toContain('fleet.serial=C02XK1ABCD')
  })

  it('is read from a Mac', () => {
    const { root, run } = sandbox()
    // Without --root the script would write for real: the copy takes the way of --root and reads as if there was none.
    const copy = scriptOf(planOf({ telemetry }), 'macos').replaceAll('elif [ -n "$root" ]; then', 'elif false; then')
    const fakes = {
      ioreg: `cat <<'END'
+-o J314sAP  <class IOPlatformExpertDevice>
  {
    "IOPlatformUUID" = "8C0F7A1B-0000-0000-0000-000000000000"
    "IOPlatformSerialNumber" = "C02REAL1234"
  }
END`,
      scutil: 'case $2 in ComputerName) echo "Somebody MacBook" ;; LocalHostName) echo Somebody-MacBook ;; esac',
    }
    const script = withTools(copy, [...commonTools, 'base64', 'sha256sum'], fakes)
    expect(run(script, ['--root', root])).toMatchObject({ status: 0, stderr: '' })
    const text = readFileSync(settingsFile(root, 'macos'), 'utf8')
    expect(text).toContain('fleet.serial=C02REAL1234')
    expect(text).toContain('fleet.hostname=Somebody-MacBook')
  })

  it('is read from the firmware of a Linux machine', () => {
    const { root, run } = sandbox()
    const firmware = join(root, '..', 'product_serial')
    writeFileSync(firmware, 'PF2ABCDE\n')
    const copy = scriptOf(planOf({ telemetry }))
      .replaceAll('elif [ -n "$root" ]; then', 'elif false; then')
      .replaceAll('/sys/class/dmi/id/product_serial', firmware)
    const script = withTools(copy, [...commonTools, 'base64', 'sha256sum'], { uname: 'echo build-01' })
    expect(run(script, ['--root', root])).toMatchObject({ status: 0, stderr: '' })
    expect(attributesIn(root)).toMatch(/fleet\.hostname=build-01,.*fleet\.serial=PF2ABCDE$/)
  })
})

describe('hostile values', () => {
  const hostile = planOf({
    organization: `Evil ${hostileTexts[0]}`,
    telemetry: {
      ...telemetry,
      resourceAttributes: Object.fromEntries(
        hostileTexts
          .filter((text) => !/[\u2028\u2029\ufeff]/.test(text))
          .map((text, index) => [`a${index}`, text])
          .slice(0, 6) as [string, string][],
      ),
    },
    claudeCode: {
      settings: Object.fromEntries(
        [...hostileTexts, 'line\nbreak\r\n\t\u0000'].map((text, index) => [`${text}${index}`, [text]]),
      ),
    },
  })

  it.each(shells)('arrive as they are under %s, and nothing of them is run', (...shell) => {
    const { root, run, strayFiles } = sandbox()
    expect(run(scriptOf(hostile), ['--root', root], { shell, environment: identified })).toMatchObject({
      status: 0,
      stderr: '',
    })
    const written = JSON.parse(readFileSync(settingsFile(root), 'utf8'))
    const expected = JSON.parse(JSON.stringify(claudeCodeSettings(hostile, { kind: 'script', platform: 'linux' })))
    expected.env.OTEL_RESOURCE_ATTRIBUTES = expected.env.OTEL_RESOURCE_ATTRIBUTES.replace(
      '={{FleetSerial}}',
      '=C02XK1ABCD',
    ).replace('={{FleetHostname}}', '=mac-01.example')
    expect(written).toEqual(expected)
    expect(strayFiles()).toEqual([])
  })

  it('stand nowhere but in the base64', () => {
    const outside = (plan: BundlePlan) =>
      scriptOf(plan)
        .replace(/<<'FLEET_DATA'\n[\s\S]*?\nFLEET_DATA\n/, '')
        .replace(/^settings_digest=[0-9a-f]{64}$/m, '')
        .replace(/^attributes_line=\d+$/m, '')
    expect(outside(hostile)).toBe(outside(simple))
  })
})

it('writes whatever a policy may hold (law)', { timeout: 120_000 }, () => {
  const { root, run } = sandbox()
  fc.assert(
    fc.property(
      fc
        .dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), fc.jsonValue({ maxDepth: 3 }))
        // A policy cannot hold such a key: loading one refuses it.
        .filter((settings) => !JSON.stringify(settings).includes('__proto__')),
      (settings) => {
        const plan = planOf({ telemetry, claudeCode: { settings: { fleetTest: settings as never } } })
        const [file] = claudeCodeInstallScripts.files(plan).slice(1)
        expect(file?.readBack?.(Buffer.from(String(file.content)))).toEqual(JSON.parse(JSON.stringify(file?.data)))
        expect(run(String(file?.content), ['--root', root], { environment: identified }).status).toBe(0)
        expect(JSON.parse(readFileSync(settingsFile(root), 'utf8')).fleetTest).toEqual(
          JSON.parse(JSON.stringify(settings)),
        )
      },
    ),
    { numRuns: 15 },
  )
})
