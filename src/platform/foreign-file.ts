/** A file that is no export: what it is and what to do instead. */
export interface ForeignFile {
  readonly code: string
  readonly what: string
  readonly tryThis: string
}

const exportAgain = 'Sign in and export the list again, then check that the file opens as a table or as JSON.'
const saveAsCsv = 'Open it and save the sheet as "CSV UTF-8", or export as CSV in the first place.'
const unpack = 'Unpack it and give the files inside.'
const giveExport = 'Give the CSV, JSON or XML export of the MDM.'

type Magic = readonly [start: string, code: string, what: string, tryThis: string, at?: number]

// Bytes as latin-1 characters. Text formats are not here: these decide on "binary" as well.
const magics: readonly Magic[] = [
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'foreign-workbook', 'an old Excel workbook (.xls)', saveAsCsv],
  ['%PDF-', 'foreign-pdf', 'a PDF document', 'Export the list as CSV instead of PDF.'],
  ['SQLite format 3\0', 'foreign-database', 'an SQLite database', giveExport],
  ['PAR1\x15', 'foreign-database', 'a Parquet file', giveExport],
  ['bplist00', 'foreign-plist', 'a binary property list', giveExport],
  ['\x1f\x8b', 'foreign-archive', 'a gzip file inside another archive', unpack],
  ['7z\xbc\xaf\x27\x1c', 'foreign-archive', 'a 7-Zip archive', unpack],
  ['Rar!\x1a\x07', 'foreign-archive', 'a RAR archive', unpack],
  ['1AY&SY', 'foreign-archive', 'a bzip2 file', unpack, 4],
  ['\xfd7zXZ\0', 'foreign-archive', 'an xz file', unpack],
  ['\x28\xb5\x2f\xfd', 'foreign-archive', 'a Zstandard file', unpack],
  ['MSCF\0\0\0\0', 'foreign-archive', 'a cabinet file', unpack],
  ['ustar', 'foreign-archive', 'a tar archive', unpack, 257],
  ['\x89PNG\r\n\x1a\n', 'foreign-image', 'a picture', giveExport],
  ['\xff\xd8\xff', 'foreign-image', 'a picture', giveExport],
  ['GIF89a', 'foreign-image', 'a picture', giveExport],
  ['\x7fELF', 'foreign-program', 'a program', giveExport],
  ['\xcf\xfa\xed\xfe', 'foreign-program', 'a program', giveExport],
  ['\xca\xfe\xba\xbe', 'foreign-program', 'a program', giveExport],
]
const isZip = (start: string) => /^PK(?:\x03\x04|\x05\x06)/.test(start)
// "MZ" alone could begin a column name; a DOS header has zero bytes soon after.
const isWindowsProgram = (start: string) => start.startsWith('MZ') && start.slice(0, 64).includes('\0')

/** Whether the first bytes are those of a known binary format. */
export function hasBinaryMagic(head: Uint8Array): boolean {
  const start = latin1(head, 512)
  return isZip(start) || isWindowsProgram(start) || magics.some((magic) => startsWith(start, magic))
}

/** Names a file that people hand in by mistake, from its first bytes; undefined for everything else. */
export function recogniseForeign(head: Uint8Array): ForeignFile | undefined {
  const start = latin1(head, 4096)
  if (isZip(start)) return recogniseZip(start)
  if (isWindowsProgram(start)) return { code: 'foreign-program', what: 'a program', tryThis: giveExport }
  for (const magic of magics) {
    if (startsWith(start, magic)) return { code: magic[1], what: magic[2], tryThis: magic[3] }
  }
  // Without zero bytes and marks, UTF-16 reads like ASCII: enough to know a page by its first tag.
  const text = start
    .replaceAll('\0', '')
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .trimStart()
  return recogniseMarkup(text) ?? recogniseSignedProfile(head) ?? recogniseApiError(head)
}

function latin1(head: Uint8Array, length: number): string {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(length, head.length)).toString('latin1')
}

function startsWith(start: string, [magic, , , , at = 0]: Magic): boolean {
  return start.startsWith(magic, at)
}

// The name of a zip entry stands 30 bytes after the entry begins.
const officePart = /PK\x03\x04[\s\S]{26}(?:\[Content_Types\]\.xml|_rels\/\.rels|docProps\/|xl\/|word\/|ppt\/)/
const otherOfficePart = /PK\x03\x04[\s\S]{26}(?:word|ppt)\//

function recogniseZip(start: string): ForeignFile {
  if (officePart.test(start)) {
    const what = otherOfficePart.test(start) ? 'an Office document' : 'an Excel workbook (.xlsx)'
    return { code: 'foreign-workbook', what, tryThis: saveAsCsv }
  }
  if (start.includes('application/vnd.oasis.opendocument')) {
    return { code: 'foreign-workbook', what: 'an OpenDocument file', tryThis: saveAsCsv }
  }
  return { code: 'foreign-archive', what: 'a ZIP archive inside another archive', tryThis: unpack }
}

function recogniseMarkup(text: string): ForeignFile | undefined {
  if (!text.startsWith('<')) return undefined
  // Sign-in pages often begin with conditional comments or an XML declaration.
  const first = text.replace(/^(?:<!--[\s\S]{0,1000}?-->\s*|<\?xml[^>]{0,200}\?>\s*){1,5}/, '')
  if (/^<(?:!doctype\s+html|html|head|body|script|title|meta|form)\b/i.test(first)) {
    const signIn = /log[ -]?in|sign[ -]?in|password|sso|saml/i.test(text)
    const what = signIn ? 'an HTML sign-in page saved in place of the export' : 'an HTML page, not an export'
    return { code: 'foreign-html', what, tryThis: exportAgain }
  }
  if (/^(?:<!doctype\s+plist|<plist)\b/i.test(first)) {
    const profile = first.includes('PayloadType') || first.includes('PayloadIdentifier')
    const what = profile ? 'a configuration profile (.mobileconfig)' : 'a property list'
    return { code: 'foreign-plist', what, tryThis: giveExport }
  }
  if (/^<(?:error|fault|exception)\b/i.test(first)) return apiError(undefined)
  return undefined
}

function recogniseSignedProfile(head: Uint8Array): ForeignFile | undefined {
  // A signed profile is a DER sequence that carries the property list in clear.
  if (head[0] !== 0x30 || (head[1] ?? 0) < 0x80 || !latin1(head, 4096).includes('<plist')) return undefined
  return { code: 'foreign-plist', what: 'a signed configuration profile (.mobileconfig)', tryThis: giveExport }
}

const errorDocumentLimit = 65_536
const refusals =
  /unauthori[sz]ed|forbidden|not found|denied|invalid|expired|token|too many|rate limit|error|credential/i

function recogniseApiError(head: Uint8Array): ForeignFile | undefined {
  // An error answer is one small object; a head that is only part of a document does not parse and is not one.
  if (head.length > errorDocumentLimit) return undefined
  const document = parseObject(head)
  if (document === undefined || Object.values(document).some(isList)) return undefined
  const { error, errors, message, detail } = document
  const status = statusOf(document)
  // Problem details (RFC 9457) have up to six fields of their own; devices have more.
  const small = Object.keys(document).length <= 8
  const isError =
    (error !== null && typeof error === 'object') ||
    (small && typeof error === 'string' && error !== '') ||
    (small && Array.isArray(errors) && errors.length > 0) ||
    (small && status !== undefined) ||
    (small && [message, detail].some((text) => typeof text === 'string' && refusals.test(text)))
  return isError ? apiError(status) : undefined

  // Lists of devices may stand beside an empty "errors" list: then it is an answer, not an error.
  function isList(value: unknown): boolean {
    return Array.isArray(value) && value !== document?.errors
  }
}

function parseObject(head: Uint8Array): Record<string, unknown> | undefined {
  const utf16 = head[0] === 0xff && head[1] === 0xfe
  const text = new TextDecoder(utf16 ? 'utf-16le' : 'utf-8').decode(head).trim()
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  try {
    // Parsed to look at, never merged or shown: a null prototype keeps `__proto__` harmless.
    return Object.assign(Object.create(null), JSON.parse(text)) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function statusOf(document: Record<string, unknown>): number | undefined {
  const inner = document.error
  const nested = inner !== null && typeof inner === 'object' ? (inner as Record<string, unknown>) : {}
  const values = [document.httpStatus, document.statusCode, document.status, document.code, nested.code, nested.status]
  return values.map(Number).find((value) => Number.isInteger(value) && value >= 400 && value <= 599)
}

function apiError(status: number | undefined): ForeignFile {
  const what = `an error answer of an API${status === undefined ? '' : ` (status ${status})`} saved in place of the export`
  const tryThis =
    status === 401
      ? 'Renew the token or sign in again, then repeat the export.'
      : status === 403
        ? 'Give the account read access to devices and apps, then repeat the export.'
        : status === 429 || (status ?? 0) >= 500
          ? 'Wait a little and repeat the export.'
          : 'Repeat the export and check the answer before it is saved.'
  return { code: 'foreign-api-error', what, tryThis }
}
