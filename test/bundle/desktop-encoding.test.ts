import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DesktopKey, type DesktopKeyType, desktopKeys } from '../../src/bundle/catalogue/desktop-keys.js'
import {
  desktopLinuxFile,
  desktopPropertyList,
  desktopRegistryValues,
  readDesktopLinuxFile,
  readDesktopPropertyList,
  readDesktopRegistry,
} from '../../src/bundle/desktop-encoding.js'

const settings = {
  otlpContentCapture: [],
  banner: { enabled: true, text: 'Test & <b>"quotes"</b> é' },
  disableAutoUpdates: true,
  isLocalDevMcpEnabled: false,
  autoUpdaterEnforcementHours: 24,
  otlpEndpoint: 'https://otel.example:4318',
  otlpResourceAttributes: { team: 'field ops' },
}

const texts = {
  autoUpdaterEnforcementHours: '24',
  banner: '{ "enabled": true, "text": "Test & <b>\\"quotes\\"</b> é" }',
  disableAutoUpdates: 'true',
  isLocalDevMcpEnabled: 'false',
  otlpContentCapture: '[]',
  otlpEndpoint: 'https://otel.example:4318',
  otlpResourceAttributes: '{ "team": "field ops" }',
}

describe('writing', () => {
  it('writes a property list of texts, sorted', () => {
    const written = desktopPropertyList(settings)

    expect(written).toEqual(texts)
    expect(Object.keys(written)).toEqual(Object.keys(texts))
  })

  it('writes registry values as REG_SZ', () => {
    expect(desktopRegistryValues(settings)).toEqual(
      Object.entries(texts).map(([name, value]) => ({ name, type: 'string', value })),
    )
  })

  it('writes native JSON for Linux', () => {
    const written = desktopLinuxFile({ ...settings, banner: undefined })

    expect(written).toEqual({ ...settings, banner: undefined })
    expect(Object.keys(written)).toEqual(Object.keys(texts).filter((name) => name !== 'banner'))
  })

  it.each([
    ['wrong-type', { disableAutoUpdates: 'true' }],
    ['wrong-type', { otlpContentCapture: 'userPrompts' }],
    ['wrong-type', { inferenceModels: ['a', 1] }],
    ['wrong-type', { otlpHeaders: ['A: b'] }],
    ['not-in-enum', { otlpProtocol: 'http' }],
    ['not-in-enum', { otlpContentCapture: ['prompts'] }],
    ['out-of-range', { autoUpdaterEnforcementHours: 73 }],
    ['out-of-range', { inferenceModelPricingMultiplier: 0 }],
    ['wrong-type', { autoUpdaterEnforcementHours: 1.5 }],
    ['too-long', { deploymentDisplayName: 'x'.repeat(61) }],
    ['dotted-key', { 'inferenceGatewayOidc.clientId': 'a' }],
  ])('refuses a value that is %s: %j', (problem, unfit) => {
    for (const write of [desktopPropertyList, desktopRegistryValues, desktopLinuxFile]) {
      expect(() => write(unfit)).toThrow(
        expect.objectContaining({
          code: 'desktop-value-unfit',
          details: expect.objectContaining({ tryThis: [expect.stringContaining(problem)] }) as unknown,
        }),
      )
    }
  })
})

describe('readDesktopPropertyList', () => {
  const problemsOf = (record: Record<string, unknown>) => readDesktopPropertyList(record).problems

  it('takes native booleans, integers and 1 for true, and leaves the keys of the profile out', () => {
    expect(
      readDesktopPropertyList({
        PayloadType: 'com.anthropic.claudefordesktop',
        PayloadVersion: 1,
        disableAutoUpdates: true,
        isLocalDevMcpEnabled: '0',
        isDesktopExtensionEnabled: 1,
        autoUpdaterEnforcementHours: 24,
        mcpToolTimeoutSec: 60n,
      }),
    ).toEqual({
      settings: {
        disableAutoUpdates: true,
        isLocalDevMcpEnabled: false,
        isDesktopExtensionEnabled: true,
        autoUpdaterEnforcementHours: 24,
        mcpToolTimeoutSec: 60,
      },
      problems: [],
    })
  })

  it.each([
    ['native-array', { allowedWorkspaceFolders: ['~/work'] }],
    ['native-array', { otlpHeaders: { a: 'b' } }],
    ['not-json', { otlpHeaders: 'Authorization=Bearer x' }],
    ['not-json', { otlpContentCapture: '' }],
    ['not-json', { banner: "{'enabled': true}" }],
    ['wrong-type', { otlpHeaders: '["A: b"]' }],
    ['wrong-type', { disableAutoUpdates: 'yes' }],
    ['wrong-type', { disableAutoUpdates: 'TRUE' }],
    ['wrong-type', { disableAutoUpdates: 2 }],
    ['wrong-type', { autoUpdaterEnforcementHours: '0x10' }],
    ['wrong-type', { otlpEndpoint: 4318 }],
    ['wrong-type', { otlpHeaders: new Date(0) }],
    ['wrong-type', { otlpHeaders: new Uint8Array(1) }],
    ['out-of-range', { autoUpdaterEnforcementHours: '0' }],
    ['not-in-enum', { otlpProtocol: 'HTTP/JSON' }],
    ['dotted-key', { 'otlpHeaders.Authorization': 'x' }],
  ])('finds %s in %j', (code, record) => {
    expect(problemsOf(record)).toEqual([{ key: Object.keys(record)[0], code }])
  })

  it('looks inside a native list as well', () => {
    expect(problemsOf({ otlpContentCapture: ['prompts'] }).map(({ code }) => code)).toEqual([
      'native-array',
      'not-in-enum',
    ])
  })

  it('keeps what it could not read and what it does not know', () => {
    expect(readDesktopPropertyList({ otlpHeaders: 'a=b', somethingNew: 'x', __proto__x: 1 }).settings).toEqual({
      otlpHeaders: 'a=b',
      somethingNew: 'x',
      __proto__x: 1,
    })
  })

  it('reads an organization id as text and a list of them as a list', () => {
    const id = '0b1c2d3e-0000-4000-8000-000000000000'

    expect(readDesktopPropertyList({ forceLoginOrgUUID: id }).settings).toEqual({ forceLoginOrgUUID: id })
    expect(readDesktopPropertyList({ forceLoginOrgUUID: `["${id}"]` })).toEqual({
      settings: { forceLoginOrgUUID: [id] },
      problems: [],
    })
  })
})

describe('readDesktopRegistry', () => {
  it('reads REG_SZ and REG_DWORD', () => {
    expect(
      readDesktopRegistry([
        { name: 'disableAutoUpdates', type: 'dword', value: 1 },
        { name: 'autoUpdaterEnforcementHours', type: 'dword', value: 24 },
        { name: 'otlpHeaders', type: 'string', value: '{"a":"b"}' },
        { name: 'otlpEndpoint', type: 'delete', value: undefined },
      ]),
    ).toEqual({
      settings: { disableAutoUpdates: true, autoUpdaterEnforcementHours: 24, otlpHeaders: { a: 'b' } },
      problems: [],
    })
  })

  it.each([
    ['expand-string', 'unreadable-registry-type'],
    ['qword', 'invisible-registry-type'],
    ['multi-string', 'invisible-registry-type'],
    ['binary', 'invisible-registry-type'],
  ])('reports %s as %s', (type, code) => {
    expect(readDesktopRegistry([{ name: 'otlpEndpoint', type, value: 'x' }]).problems).toEqual([
      { key: 'otlpEndpoint', code },
    ])
  })

  it('does not take a number for a boolean beyond 1', () => {
    expect(readDesktopRegistry([{ name: 'disableAutoUpdates', type: 'dword', value: 2 }]).problems).toEqual([
      { key: 'disableAutoUpdates', code: 'wrong-type' },
    ])
  })
})

describe('readDesktopLinuxFile', () => {
  it('takes native JSON, and JSON in a text for lists and objects only', () => {
    expect(
      readDesktopLinuxFile({ otlpHeaders: '{"a":"b"}', otlpContentCapture: [], disableAutoUpdates: 'true' }),
    ).toEqual({
      settings: { otlpHeaders: { a: 'b' }, otlpContentCapture: [], disableAutoUpdates: 'true' },
      problems: [{ key: 'disableAutoUpdates', code: 'wrong-type' }],
    })
  })
})

describe('round trip', () => {
  const record = fc.dictionary(fc.string(), fc.string())

  function anyValue(key: DesktopKey, type: DesktopKeyType): fc.Arbitrary<unknown> {
    if (typeof type === 'object') return fc.constantFrom(...type.enum)
    switch (type) {
      case 'boolean':
        return fc.boolean()
      case 'integer':
        return fc.integer({ min: key.minimum ?? -1000, max: key.maximum ?? 1000 })
      case 'number':
        return fc.constantFrom(0.25, 1)
      case 'object':
        return record
      case 'object[]':
        return fc.array(record)
      case 'string[]':
        return fc.array(key.members === undefined ? fc.string() : fc.constantFrom(...key.members))
      default:
        // A text that starts like a list is read as one where the key takes both.
        return fc.string({ maxLength: 60 }).filter((text) => key.alternative === undefined || !text.startsWith('['))
    }
  }

  const anySettings = fc.record(
    Object.fromEntries(
      desktopKeys.map((key) => [
        key.name,
        key.alternative === undefined
          ? anyValue(key, key.type)
          : fc.oneof(anyValue(key, key.type), anyValue(key, key.alternative)),
      ]),
    ),
    { requiredKeys: [] },
  )

  it('reads back what it wrote, in every form', () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        const expected = { settings: given, problems: [] }

        expect(readDesktopPropertyList(desktopPropertyList(given))).toEqual(expected)
        expect(readDesktopRegistry(desktopRegistryValues(given))).toEqual(expected)
        expect(readDesktopLinuxFile(desktopLinuxFile(given))).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })
})
