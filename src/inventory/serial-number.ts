/**
 * Serial numbers that firmware, virtual machines and broken agents share; they identify nothing.
 * From public reports: fleetdm/fleet issues 19789, 31725, 51180, 25993 and SMBIOS defaults (read 2026-11).
 */
const placeholders = new Set(
  [
    'Default string',
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
  ].map(foldSerial),
)

const repeated = /^(?:0+|F+|X+|\.+|\*+|9{5,})$/
const damagedBySpreadsheet = /^\d(?:\.\d+)?E\+?\d+$/

/** A serial number as it is compared: without blanks, upper case, NFC. */
export function foldSerial(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, '').toUpperCase()
}

export type SerialProblem = 'placeholder' | 'damaged' | 'too-long'

/** Why a folded serial number or hardware UUID identifies nothing, or undefined where it does. */
export function serialProblem(folded: string): SerialProblem | undefined {
  if (folded.length > 128) return 'too-long'
  if (damagedBySpreadsheet.test(folded)) return 'damaged'
  const digits = folded.replaceAll('-', '')
  if (placeholders.has(folded) || repeated.test(digits) || digits === '' || folded.length < 2) return 'placeholder'
  return undefined
}
