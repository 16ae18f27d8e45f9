import { type HookEvent, hookEventNamed } from '../catalogue/hook-events.js'
import type { KeyPath } from '../formats/read-format.js'
import { isRecord } from '../is-record.js'
import { entriesAt } from './settings-source.js'

type Fields = Readonly<Record<string, unknown>>

/** One matcher with its handlers, in the form that a client reads. */
export interface HookGroup {
  readonly event: HookEvent
  readonly path: KeyPath
  readonly matcher: string | undefined
  readonly handlers: readonly HookHandlerEntry[]
}

/** What stands where a handler is wanted; it need not be one. */
export interface HookHandlerEntry {
  readonly event: HookEvent
  readonly path: KeyPath
  readonly value: unknown
  readonly fields: Fields
}

/** A place at which `hooks` does not have the form that a client reads. */
export interface MisshapenHook {
  readonly path: KeyPath
  readonly what: string
}

/** The groups of all known events, or what is wrong with them. Unknown events have a rule of their own. */
export function* hookGroups(value: unknown): Iterable<HookGroup | MisshapenHook> {
  for (const [name, groups] of entriesAt(value, ['hooks'])) {
    const event = hookEventNamed(name)
    if (event === undefined) continue
    const path = ['hooks', name]
    if (!Array.isArray(groups)) yield { path, what: 'The value of the event is no list.' }
    else for (const [index, group] of groups.entries()) yield readGroup(event, [...path, index], group)
  }
}

function readGroup(event: HookEvent, path: KeyPath, group: unknown): HookGroup | MisshapenHook {
  if (!isRecord(group)) return { path, what: 'The entry is no object.' }
  const matcher = own(group, 'matcher')
  const handlers = own(group, 'hooks')
  if (matcher !== undefined && typeof matcher !== 'string')
    return { path: [...path, 'matcher'], what: `The matcher is ${Array.isArray(matcher) ? 'a list' : 'no text'}.` }
  if (!Array.isArray(handlers)) {
    const flat = own(group, 'command') !== undefined || own(group, 'type') !== undefined
    return {
      path,
      what: flat ? 'The handler stands beside the matcher.' : 'There is no list called hooks in the entry.',
    }
  }
  return {
    event,
    path,
    matcher,
    handlers: handlers.map((value: unknown, index) => ({
      event,
      path: [...path, 'hooks', index],
      value,
      fields: isRecord(value) ? value : {},
    })),
  }
}

/** The groups that are well formed. */
export function wellFormed(value: unknown): readonly HookGroup[] {
  return [...hookGroups(value)].filter((group) => 'handlers' in group)
}

/** Every handler in a well-formed group. */
export function handlersOf(value: unknown): readonly HookHandlerEntry[] {
  return wellFormed(value).flatMap(({ handlers }) => handlers)
}

/** Whether a hook of the event can stop what is about to happen. */
export function canBlock({ blocks }: HookEvent): boolean {
  return blocks !== 'no' && blocks !== 'unknown'
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}
