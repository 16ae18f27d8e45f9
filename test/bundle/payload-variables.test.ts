import { describe, expect, it } from 'vitest'
import { looksUnfilled, payloadVariable, payloadVariables } from '../../src/bundle/payload-variables.js'

describe('payloadVariables', () => {
  it('has one variable for each service, attribute and channel, with a page and a limit', () => {
    const keys = payloadVariables.map(({ mdm, attribute, channel }) => `${mdm} ${attribute} ${channel}`)

    expect(new Set(keys).size).toBe(keys.length)
    for (const { source, limits, variable } of payloadVariables) {
      expect(URL.canParse(source), variable).toBe(true)
      expect(limits.length, variable).toBeGreaterThan(0)
    }
  })

  it('calls only serial numbers on Apple devices and numeric ids safe', () => {
    const safe = payloadVariables.filter((variable) => variable.safe)

    expect(new Set(safe.map(({ attribute }) => attribute))).toEqual(
      new Set(['serial', 'building-id', 'department-id', 'site-id']),
    )
    expect(new Set(safe.map(({ channel }) => channel))).toEqual(new Set(['apple-profile']))
  })
})

describe('payloadVariable', () => {
  it.each([
    ['jamf-pro', '$SERIALNUMBER'],
    ['intune', '{{serialnumber}}'],
    ['iru', '$SERIAL_NUMBER'],
    ['fleetdm', '$FLEET_VAR_HOST_HARDWARE_SERIAL'],
    ['workspace-one', '{DeviceSerialNumber}'],
  ] as const)('gives the serial number in %s', (mdm, variable) => {
    expect(payloadVariable(mdm, 'serial')?.variable).toBe(variable)
  })

  it('gives nothing that no document shows', () => {
    expect(payloadVariable('intune', 'department')).toBeUndefined()
    expect(payloadVariable('intune', 'serial', 'windows-profile')).toBeUndefined()
    expect(payloadVariable('fleetdm', 'site')).toBeUndefined()
  })
})

describe('looksUnfilled', () => {
  it('finds every variable in the table, alone, in a list and percent-encoded', () => {
    const names = {
      'jamf-pro': 'Jamf Pro',
      intune: 'Intune',
      iru: 'Iru',
      fleetdm: 'Fleet',
      'workspace-one': 'Workspace ONE',
    }
    for (const { variable, mdm } of payloadVariables) {
      for (const text of [variable, `team=a,host=${variable},b=c`, `host=${encodeURIComponent(variable)}`]) {
        expect(looksUnfilled(text), text).toContain(names[mdm])
      }
    }
  })

  it.each([
    ['{{SerialNumber}}', 'Intune'],
    ['{{ serialnumber }}', 'Intune'],
    ['$' + '{FLEET_VAR_HOST_UUID}', 'Fleet'],
    ['$FLEET_SECRET_TOKEN', 'Fleet'],
    ['$EXTENSIONATTRIBUTE_12', 'Jamf Pro'],
    ['$EMAIL', 'Jamf Pro or Iru'],
    ['{{FleetSerial}}', 'the install scripts of the bundle'],
  ])('takes %s for %s', (text, service) => {
    expect(looksUnfilled(text)).toBe(service)
  })

  it.each([
    'C02ABC123DEF',
    'field ops',
    '100$',
    '$SERIALNUMBERS',
    '$serialnumber',
    '{"a":{"b":1}}',
    '{{serial}}',
    'mail',
    '{Device}',
    '',
  ])('leaves %j alone', (text) => {
    expect(looksUnfilled(text)).toBeUndefined()
  })
})
