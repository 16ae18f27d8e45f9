import { describe, expect, it } from 'vitest'
import { hookEventNamed, hookEvents } from '../../../src/bundle/catalogue/hook-events.js'
import { defaultTimeout, hookHandlerOf, hookHandlers } from '../../../src/bundle/catalogue/hook-handlers.js'

describe('hook events', () => {
  it('are 33, sorted, each once', () => {
    const names = hookEvents.map(({ name }) => name)
    expect(names).toHaveLength(33)
    expect(names).toEqual([...new Set(names)].sort())
  })

  it('that take no matcher are those the page lists', () => {
    const without = hookEvents.filter(({ matcher }) => matcher === false).map(({ name }) => name)
    expect(without).toEqual([
      'CwdChanged',
      'MessageDisplay',
      'PostToolBatch',
      'Stop',
      'TaskCompleted',
      'TaskCreated',
      'TeammateIdle',
      'UserPromptSubmit',
      'WorktreeCreate',
      'WorktreeRemove',
    ])
  })

  it('that exit code 2 stops are those the page lists', () => {
    expect(hookEvents.filter(({ blocks }) => blocks === 'exit-2').map(({ name }) => name)).toEqual([
      'ConfigChange',
      'Elicitation',
      'ElicitationResult',
      'PostToolBatch',
      'PreCompact',
      'PreToolUse',
      'Stop',
      'SubagentStop',
      'TaskCompleted',
      'TaskCreated',
      'TeammateIdle',
      'UserPromptExpansion',
      'UserPromptSubmit',
    ])
  })

  it('do not claim what was not read', () => {
    for (const name of ['PreModelSwitch', 'PostModelSwitch']) {
      expect(hookEventNamed(name)).toMatchObject({ blocks: 'unknown', since: '2.1.251', grade: 'third-party' })
      expect(hookEventNamed(name)).not.toHaveProperty('matcher')
    }
  })

  it('are found by their exact name', () => {
    expect(hookEventNamed('PreToolUse')).toMatchObject({ toolEvent: true, matcher: true })
    expect(hookEventNamed('preToolUse')).toBeUndefined()
    expect(hookEventNamed('constructor')).toBeUndefined()
  })

  it('sort the words they compare with', () => {
    for (const { values } of hookEvents) if (values) expect(values).toEqual([...new Set(values)].sort())
  })
})

describe('hook handlers', () => {
  it.each([
    ['command', ['command'], 600],
    ['http', ['url'], 600],
    ['mcp_tool', ['server', 'tool'], 600],
    ['prompt', ['prompt'], 30],
    ['agent', ['prompt'], 60],
  ])('of type %s need %j and have %d seconds', (type, required, seconds) => {
    expect(hookHandlerOf(type)).toMatchObject({ required, defaultTimeout: seconds })
  })

  it('of another type are not known', () => {
    expect(hookHandlerOf('script')).toBeUndefined()
    expect(hookHandlers).toHaveLength(5)
  })

  it.each([
    ['command', 'PreToolUse', 600],
    ['command', 'UserPromptSubmit', 30],
    ['http', 'MessageDisplay', 10],
    ['agent', 'UserPromptSubmit', 60],
    ['prompt', 'SessionEnd', 1.5],
    ['command', 'NoSuchEvent', 600],
  ])('%s on %s has %d seconds', (type, event, seconds) => {
    const handler = hookHandlerOf(type)
    expect(handler && defaultTimeout(handler, event)).toBe(seconds)
  })
})
