import { expect, test } from 'vitest'
import { recogniseForeign } from '../../src/platform/foreign-file.js'

const bytes = (text: string) => Buffer.from(text, 'latin1')
const entry = (name: string) => bytes(`PK\x03\x04${'.'.repeat(26)}${name}`)

test.each([
  ['foreign-html', bytes('<!DOCTYPE html><html><title>Sign in</title>')],
  ['foreign-html', bytes('\xef\xbb\xbf\r\n<!-- saved --><HTML lang="en">')],
  ['foreign-html', bytes('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML">')],
  ['foreign-html', Buffer.from('\ufeff<html><body>', 'utf16le')],
  ['foreign-workbook', entry('[Content_Types].xml')],
  ['foreign-workbook', entry('xl/workbook.xml')],
  ['foreign-workbook', entry('mimetypeapplication/vnd.oasis.opendocument.spreadsheet')],
  ['foreign-workbook', bytes('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')],
  ['foreign-archive', entry('devices.csv')],
  ['foreign-archive', entry('export-xl/devices.csv')],
  ['foreign-archive', Buffer.concat([Buffer.alloc(257, 65), bytes('ustar')])],
  ['foreign-pdf', bytes('%PDF-1.4')],
  ['foreign-database', bytes('SQLite format 3\0')],
  ['foreign-program', bytes('MZ\x90\0\x03\0')],
  ['foreign-plist', bytes('bplist00\xd1')],
  ['foreign-plist', bytes('<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN">')],
  ['foreign-plist', bytes('0\x82\x1f\x00....<?xml version="1.0"?><plist>')],
  ['foreign-api-error', bytes('{"error":{"code":"InvalidAuthenticationToken","message":"expired"}}')],
  ['foreign-api-error', bytes('{"httpStatus":401,"errors":[]}')],
  ['foreign-api-error', bytes('{"httpStatus" : 403, "errors" : [ { "code" : "X" } ]}')],
  ['foreign-api-error', bytes('{"type":"about:blank","title":"Not Found","status":404}')],
  ['foreign-archive', bytes('BZh91AY&SY')],
  ['foreign-api-error', bytes('{"message":"Unauthorized"}')],
  ['foreign-api-error', bytes('{"detail":"Invalid token."}')],
  ['foreign-api-error', bytes('{"error":"invalid_token","error_description":"x"}')],
  ['foreign-api-error', bytes('<Error><Code>AccessDenied</Code></Error>')],
])('%s is recognised', (code, head) => {
  const found = recogniseForeign(head)
  expect(found?.code).toBe(code)
  expect(found?.tryThis).toMatch(/^[A-Z].*\.$/)
})

test.each([
  'Device name,Serial number\n',
  'MZ,name\nA,B\n',
  '[{"id":1}]',
  '{"value":[],"error":null}',
  '{"results":[{"id":1}],"errors":[]}',
  '{"id":1,"message":"hello"}',
  '{"totalCount":0,"errors":[],"error":""}',
  '{"__proto__":{"error":{}},"id":1}',
  '{"general":{"name":"Mac"}}',
  '{"a":1}\n{"a":2}',
  '<computers><size>1</size></computers>',
  '',
])('%j is no foreign file', (text) => {
  expect(recogniseForeign(Buffer.from(text))).toBeUndefined()
})

test('the status is named, the content is not', () => {
  const found = recogniseForeign(Buffer.from('{"error":{"code":401,"message":"Bearer SECRET is expired"}}'))
  expect(found?.what).toContain('status 401')
  expect(JSON.stringify(found)).not.toContain('SECRET')
})
