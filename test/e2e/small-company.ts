/** One table: a header and its rows. */
export type Rows = readonly (readonly string[])[]

const app = (name: string, publisher: string, version: string, device: number): string[] => [
  name,
  publisher,
  version,
  deviceId(device),
]

export function deviceId(number: number): string {
  return `3f0c1f6e-0000-4000-8000-${String(number).padStart(12, '0')}`
}

/** Seven endpoints in Intune, one for each answer that versions can give; names as in Central Europe. */
export const devices: Rows = [
  [
    'Device ID',
    'Device name',
    'Last check-in',
    'OS version',
    'OS',
    'Category',
    'Serial number',
    'Ownership',
    'Primary user email address',
    'Primary user display name',
  ],
  device(1, 'MUC-LT-001', 'Windows', 'Einkauf', 'Jörg Größer'),
  device(2, 'MUC-LT-002', 'Windows', 'Buchhaltung & Löhne', 'Zoë Müller'),
  device(3, 'MUC-MB-003', 'macOS', 'Gestaltung, Büro 3', 'Åsa "Ö" Nilsson'),
  device(4, 'MUC-LT-004', 'Windows', 'Einkauf', 'Renée Dæl', '2026-09-01 07:41:10.0000000'),
  device(5, 'MUC-LT-005', 'Windows', 'Gestaltung, Büro 3', 'Ñandú Ñúñez'),
  device(6, 'MUC-LT-006', 'Windows', 'Einkauf', 'Lukas Weiß'),
  device(7, 'MUC-LT-007', 'Windows', 'Buchhaltung & Löhne', 'François d’Été'),
]

function device(number: number, name: string, os: string, category: string, user: string, seen?: string): string[] {
  const id = String(number).padStart(5, '0')
  return [
    deviceId(number),
    name,
    seen ?? '2026-11-18 07:41:10.0000000',
    os === 'macOS' ? '15.6.1 (24G90)' : '10.0.26100.6584',
    os,
    category,
    `MUSTER${id}`,
    'Corporate',
    `user${number}@example.org`,
    user,
  ]
}

/** Their apps; the sixth endpoint has no Claude, the seventh no app list. */
export const apps: Rows = [
  ['ApplicationName', 'ApplicationPublisher', 'ApplicationVersion', 'DeviceId'],
  app('Claude', 'Anthropic, PBC', '1.24012.9', 1),
  app('Müller Reader', 'Müller "Software" GmbH', '24.3.1', 1),
  app('Claude', 'Anthropic, PBC', '1.1.3918', 2),
  app('Claude', 'Anthropic, PBC', '2.9939.2', 3),
  app('Claude', 'Anthropic, PBC', '1.24012.9', 4),
  app('Claude', 'Anthropic, PBC', 'latest', 5),
  app('Tabelle; Text, Bild', 'Größe & Co', '7', 6),
]

/** What `fleet scan` must say of them on 2026-11-20, whatever the files look like. */
export const states: Readonly<Record<string, string>> = {
  MUSTER00001: 'ready',
  MUSTER00002: 'upgrade',
  MUSTER00003: 'ready',
  MUSTER00004: 'stale',
  MUSTER00005: 'unknown',
  MUSTER00006: 'excluded',
  MUSTER00007: 'unknown',
}

/** How a table is written as text. */
export interface Dialect {
  readonly delimiter?: string
  readonly lineEnd?: string
  /** Quote every cell, not only where it is needed. */
  readonly quoteAll?: boolean
  /** Lines above the header. */
  readonly before?: string
}

export function csvText(
  rows: Rows,
  { delimiter = ',', lineEnd = '\n', quoteAll = false, before = '' }: Dialect = {},
): string {
  const cell = (text: string) => {
    const needed = quoteAll || text.includes(delimiter) || /["\r\n]/.test(text)
    return needed ? `"${text.replaceAll('"', '""')}"` : text
  }
  return before + rows.map((row) => row.map(cell).join(delimiter) + lineEnd).join('')
}

/** The bytes of a text in an encoding that exports come in. */
export function encoded(text: string, encoding: 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'windows-1252'): Buffer {
  if (encoding === 'utf-8-bom') return Buffer.from(`\ufeff${text}`)
  if (encoding === 'utf-16le') return Buffer.from(`\ufeff${text}`, 'utf16le')
  if (encoding === 'utf-16be') return Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
  // Latin-1 and Windows-1252 differ from 0x80 to 0x9f only; of these the sample has the apostrophe.
  return Buffer.from(text.replaceAll('’', '\u0092'), 'latin1')
}
