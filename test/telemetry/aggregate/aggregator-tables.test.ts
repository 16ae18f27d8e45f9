import { describe, expect, test } from 'vitest'
import { aggregated, monday, week } from '../../builders/aggregated.js'
import type { RowSaid } from '../../builders/telemetry-rows.js'

const code = { service: 'claude-code', version: '2.1.197' }

describe('tools', () => {
  test('sum up calls, failures and times by what was called', () => {
    const call: RowSaid = { ...code, event: 'tool_result', tool: 'Bash', session: 's', at: monday, duration: 10.9 }
    const { tables } = aggregated([
      { ...call, sequence: 3, at: monday + 3, success: 'false', prompt: 'later' },
      { ...call, sequence: 1, at: monday + 1, success: 'true', prompt: 'first' },
      { ...call, sequence: 2, at: monday + 1 + week, duration: Number.NaN },
      { ...call, sequence: 4, mcpServer: 'github', at: monday + 4 },
    ])
    const row = { sender: 0, tool: 'Bash', mcpServer: '', mcpTool: '', mcpScope: '', skill: '' }
    expect(tables.tools).toEqual([
      {
        ...row,
        calls: 3,
        failures: 1,
        durationMs: 20,
        last: monday + 1 + week,
        example: { session: 's', sequence: 1, prompt: 'first', at: monday + 1 },
      },
      {
        ...row,
        mcpServer: 'github',
        calls: 1,
        failures: 0,
        durationMs: 10,
        last: monday + 4,
        example: { session: 's', sequence: 4, prompt: '', at: monday + 4 },
      },
    ])
    expect(tables.toolWeeks).toEqual([
      { service: 'claude-code', tool: 'Bash', week: '2026-11-16', calls: 3, failures: 1 },
      { service: 'claude-code', tool: 'Bash', week: '2026-11-23', calls: 1, failures: 0 },
    ])
  })

  test('were decided on: matched by session and id, never a rejection', () => {
    const decision: RowSaid = {
      ...code,
      event: 'tool_decision',
      tool: 'Bash',
      decision: 'accept',
      decisionSource: 'config',
      session: 's',
      at: monday,
    }
    const result: RowSaid = { ...code, event: 'tool_result', tool: 'Bash', session: 's', at: monday }
    const { tables } = aggregated([
      { ...result, sequence: 9, toolUse: 'one', at: monday + 500 },
      { ...decision, sequence: 1, toolUse: 'one', at: monday + 100 },
      { ...decision, sequence: 2, toolUse: 'two', at: monday + 200 },
      { ...result, sequence: 3, toolUse: 'two', at: monday + 190 },
      { ...decision, sequence: 4, toolUse: 'three' },
      { ...result, sequence: 5, toolUse: 'three', session: 'another' },
      { ...decision, sequence: 6, toolUse: 'four', decision: 'reject' },
      { ...result, sequence: 7, toolUse: 'four' },
      { ...decision, sequence: 8 },
    ])
    expect(tables.decisions).toMatchObject([
      { decision: 'accept', source: 'config', events: 4, matched: 2, waitMs: 400, longestMs: 400 },
      { decision: 'reject', events: 1, matched: 0, waitMs: 0, longestMs: 0 },
    ])
  })
})

describe('hooks', () => {
  test('sum up their executions and show one with an error', () => {
    const run: RowSaid = {
      ...code,
      event: 'hook_execution_complete',
      hookEvent: 'PreToolUse',
      session: 's',
      at: monday,
    }
    const { tables } = aggregated([
      { ...run, sequence: 1, numHooks: 2, numSuccess: 2, duration: 5 },
      { ...run, sequence: 2, numHooks: 2, numNonBlockingError: 1, numBlocking: 1, at: monday + 2 },
      { ...run, sequence: 3, numHooks: 1, numCancelled: 1, at: monday + 1 },
      { ...run, hookEvent: 'Stop', sequence: 4, numHooks: 1, numBlocking: 1 },
    ])
    expect(tables.hookRuns).toStrictEqual([
      {
        sender: 0,
        hookEvent: 'PreToolUse',
        hookSource: '',
        managedOnly: '',
        executions: 3,
        hooks: 5,
        success: 2,
        blocking: 1,
        nonBlockingError: 1,
        cancelled: 1,
        durationMs: 5,
        last: monday + 2,
        failure: { session: 's', sequence: 3, prompt: '', at: monday + 1 },
      },
      {
        sender: 0,
        hookEvent: 'Stop',
        hookSource: '',
        managedOnly: '',
        executions: 1,
        hooks: 1,
        success: 0,
        blocking: 1,
        nonBlockingError: 0,
        cancelled: 0,
        durationMs: 0,
        last: monday,
      },
    ])
  })
})

describe('content', () => {
  test('is counted by field, of logs once and of spans as they come', () => {
    const prompt: RowSaid = {
      ...code,
      event: 'user_prompt',
      session: 's',
      sequence: 1,
      at: monday,
      content: ['prompt'],
    }
    const span: RowSaid = { ...code, signal: 'span', event: 'llm_request', at: monday, content: ['response'] }
    const { tables } = aggregated([
      prompt,
      prompt,
      span,
      span,
      { ...prompt, sequence: 2, content: [], redacted: ['prompt'] },
    ])
    const row = { service: 'claude-code', version: '2.1.197' }
    expect(tables.content).toStrictEqual([
      {
        ...row,
        signal: 'log',
        event: 'user_prompt',
        field: 'prompt',
        present: 1,
        redacted: 1,
        presentInCopies: 1,
        example: { session: 's', sequence: 1, prompt: '', at: monday },
      },
      {
        ...row,
        signal: 'span',
        event: 'llm_request',
        field: 'response',
        present: 2,
        redacted: 0,
        presentInCopies: 0,
        example: { session: '', sequence: -1, prompt: '', at: monday },
      },
    ])
  })

  test('is counted in copies too, with an example of them where the record has none', () => {
    const clean: RowSaid = { ...code, event: 'tool_result', session: 's', sequence: 1, at: monday + 1 }
    const { tables, counts } = aggregated([
      clean,
      { ...clean, content: ['bash_command', 'user.email'], prompt: 'raw' },
      // What a copy has redacted has not leaked, and is no row of its own.
      { ...clean, redacted: ['login'] },
      { ...clean, version: '2.1.198', content: ['bash_command'] },
      { ...clean, sequence: 2, at: monday, content: ['user.email'], redacted: ['bash_command', 'login'] },
    ])
    expect(counts.duplicates).toBe(3)
    const raw = { session: 's', sequence: 1, prompt: 'raw', at: monday + 1 }
    expect(
      tables.content.map(({ version, field, present, redacted, presentInCopies, example }) => ({
        row: [version, field, present, redacted, presentInCopies],
        example,
      })),
    ).toStrictEqual([
      { row: ['2.1.197', 'bash_command', 0, 1, 1], example: raw },
      { row: ['2.1.197', 'login', 0, 1, 0], example: undefined },
      { row: ['2.1.197', 'user.email', 1, 0, 1], example: { session: 's', sequence: 2, prompt: '', at: monday } },
      { row: ['2.1.198', 'bash_command', 0, 0, 1], example: { ...raw, prompt: '' } },
    ])
  })
})
