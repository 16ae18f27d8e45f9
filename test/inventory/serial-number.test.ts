import { describe, expect, it } from 'vitest'
import { foldSerial, serialProblem } from '../../src/inventory/serial-number.js'

const problemOf = (text: string) => serialProblem(foldSerial(text))

describe('a serial number', () => {
  it.each([
    ['c02xl0gyjgh5', 'C02XL0GYJGH5'],
    [' PF 3Q\u00a0ABC1\t', 'PF3QABC1'],
    ['e\u0301x1', 'ÉX1'],
    ['VMware-56 4d 12 34', 'VMWARE-564D1234'],
  ])('%j is compared as %j', (text, folded) => {
    expect(foldSerial(text)).toBe(folded)
    expect(problemOf(text)).toBeUndefined()
  })

  it.each([
    'Default string',
    'defaultSTRING',
    'To be filled by O.E.M.',
    'To Be Filled By OEM',
    'System Serial Number',
    'Chassis Serial Number',
    'Base Board Serial Number',
    'Serial Number',
    'SerialNumber',
    'Not Specified',
    'Not Applicable',
    'Not Available',
    'No Asset Information',
    'Invalid',
    'OEM',
    'O.E.M.',
    'Empty',
    'None',
    'Null',
    'Unknown',
    'N/A',
    'NA',
    'TBD',
    'Test',
    'VMware',
    'Parallels',
    'VirtualBox',
    'QEMU',
    '-1',
    '0',
    '1234567',
    '12345678',
    '123456789',
    '0123456789',
    '1234567890',
    '03000200-0400-0500-0006-000700080009',
    '12345678-1234-5678-90AB-CDDEEFAABBCC',
    'FEFEFEFE-FEFE-FEFE-FEFE-FEFEFEFEFEFE',
    '0000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'XXXXXXXX',
    '........',
    '-------',
    '****',
    '99999',
    '9999999999',
    'A',
    '7',
  ])('%j is a placeholder', (text) => {
    expect(problemOf(text)).toBe('placeholder')
  })

  it.each(['9999', '1234', '00000001', 'XXXXXXXY', 'FFF1', 'TESTER', 'AB', '12', 'A-A'])('%j is none', (text) => {
    expect(problemOf(text)).toBeUndefined()
  })

  it.each(['3.74E+14', '3.74e14', '3E+14', '1.2345E11'])('%j was damaged by a spreadsheet', (text) => {
    expect(problemOf(text)).toBe('damaged')
  })

  it.each(['33.74E+14', '3.74E+14X', '3.74EE14', 'E14', '3.E14'])('%j was not', (text) => {
    expect(problemOf(text)).toBeUndefined()
  })

  it('may have 128 characters and no more', () => {
    expect(problemOf('AB'.repeat(64))).toBeUndefined()
    expect(problemOf(`${'AB'.repeat(64)}C`)).toBe('too-long')
  })
})
