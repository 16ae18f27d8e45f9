import { expect, test } from 'vitest'
import { physicalLocation, sarifLog } from '../../src/report/sarif-log.js'

test.each([
  ['exports/a b.csv', { uri: 'exports/a%20b.csv', uriBaseId: '%SRCROOT%' }],
  ['./exports/ü.csv', { uri: 'exports/%C3%BC.csv', uriBaseId: '%SRCROOT%' }],
  ['exports\\2026\\x.csv', { uri: 'exports/2026/x.csv', uriBaseId: '%SRCROOT%' }],
  ['a:b.csv', { uri: 'a%3Ab.csv', uriBaseId: '%SRCROOT%' }],
  ['..data/x.csv', { uri: '..data/x.csv', uriBaseId: '%SRCROOT%' }],
  ['../exports/x.csv', { uri: '../exports/x.csv' }],
  ['/srv/x#y.csv', { uri: 'file:///srv/x%23y.csv' }],
  ['C:\\data\\x.csv', { uri: 'file:///C:/data/x.csv' }],
  ['\\\\server\\share\\x.csv', { uri: 'file://server/share/x.csv' }],
  ['half\ud800.csv', { uri: 'half%EF%BF%BD.csv', uriBaseId: '%SRCROOT%' }],
])('%j has the address %j', (file, location) => {
  expect(physicalLocation(file)).toEqual({ artifactLocation: location, region: { startLine: 1 } })
})

test('a log is whole JSON with any number of results', () => {
  for (const results of [[], [{ a: 1 }], [{ a: 1 }, { b: ']' }, { c: '\u2028' }]]) {
    const run = { name: 'x', rules: [], successful: true, notifications: [], results }
    const log = JSON.parse([...sarifLog(run)].join('')) as { runs: [{ results: unknown[] }] }
    expect(log.runs[0].results).toEqual(results)
  }
})
