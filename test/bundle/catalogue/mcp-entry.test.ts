import { describe, expect, it } from 'vitest'
import { checkMcpEntry, type McpList } from '../../../src/bundle/catalogue/mcp-entry.js'

const bothLists: McpList[] = ['allowedMcpServers', 'deniedMcpServers']

describe.each(bothLists)('an entry of %s', (list) => {
  it.each([
    [{ serverName: 'tickets' }, 'serverName'],
    [{ serverCommand: ['npx', '-y', '@acme/server'] }, 'serverCommand'],
    [{ serverCommand: ['npx', ''] }, 'serverCommand'],
    [{ serverUrl: 'https://*.example.com/*' }, 'serverUrl'],
    [{ serverUrl: '*' }, 'serverUrl'],
  ])('%j is good', (entry, by) => {
    expect(checkMcpEntry(entry, list)).toEqual({ ok: true, by })
  })

  it.each([
    ['tickets', 'not-an-object'],
    [null, 'not-an-object'],
    [['serverName'], 'not-an-object'],
    [{}, 'no-selector'],
    [{ name: 'tickets' }, 'no-selector'],
    [{ serverName: 'a', serverUrl: 'https://a.example.com' }, 'several-selectors'],
    [{ serverName: 'a', why: 'x' }, 'unknown-field'],
    [{ serverName: '' }, 'server-name-form'],
    [{ serverName: 3 }, 'server-name-form'],
    [{ serverCommand: 'npx -y x' }, 'server-command-form'],
    [{ serverCommand: [] }, 'server-command-form'],
    [{ serverCommand: [''] }, 'server-command-form'],
    [{ serverCommand: ['npx', 1] }, 'server-command-form'],
    [{ serverUrl: '' }, 'server-url-form'],
    [{ serverUrl: 'https://a b' }, 'server-url-form'],
    [{ serverUrl: ['https://a.example.com'] }, 'server-url-form'],
  ])('%j is refused: %s', (entry, problem) => {
    expect(checkMcpEntry(entry, list)).toMatchObject({ ok: false, problem, text: expect.stringMatching(/\.$/) })
  })
})

it('a display name can be denied and not allowed', () => {
  const entry = { serverName: 'claude.ai Tickets' }
  expect(checkMcpEntry(entry, 'deniedMcpServers')).toEqual({ ok: true, by: 'serverName' })
  expect(checkMcpEntry(entry, 'allowedMcpServers')).toMatchObject({ ok: false, problem: 'server-name-form' })
})
