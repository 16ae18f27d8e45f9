import { nearestTexts } from '../../platform/nearest-text.js'
import { hasUnquotedBlank } from '../../policy/command-line.js'
import { type HookHandler, hookHandlerOf, hookHandlers } from '../catalogue/hook-handlers.js'
import { readPermissionRule } from '../catalogue/permission-rule.js'
import { isRecord } from '../is-record.js'
import { boundedSearch, comparable } from './bounded.js'
import { commandFile, placeProblem } from './command-file.js'
import { canBlock, type HookHandlerEntry, handlersOf } from './hook-groups.js'
import { docs, observed } from './references.js'
import type { Hit, Rule } from './rule.js'
import { isManaged, sourceOf, valueAt } from './settings-source.js'
import { didYouMean, kindOf, shown } from './shown-value.js'
import { fitsWildcard } from './wildcard.js'
import { goesWithHooks } from './wrong-form.js'

const shortest = 5
const longest = 600
/** Above this, somebody took seconds for milliseconds. */
const milliseconds = 3600
const sessionEndBudget = 60

type NearestFor = (text: string, candidates: Iterable<string>) => readonly string[]

/** What keeps a client from reading the handler, or from ever running it. */
function* handlerProblems(
  { value, fields, event, path }: HookHandlerEntry,
  goesWith: string,
  nearestFor: NearestFor,
): Iterable<Hit> {
  if (!isRecord(value)) {
    yield { path, message: `The handler is ${kindOf(value)} and has to be an object.` }
    return
  }
  const type = fields.type
  const handler = typeof type === 'string' ? hookHandlerOf(type) : undefined
  if (handler === undefined) {
    const known = hookHandlers.map((one) => one.type).join(', ')
    const is = typeof type === 'string' ? shown(type) : kindOf(type)
    yield { path: [...path, 'type'], message: `The type is ${is} and has to be one of ${known}.${goesWith}` }
    return
  }
  for (const field of handler.required) {
    const given = fields[field]
    if (typeof given !== 'string' || given.trim() === '')
      yield { path: [...path, field], message: `A handler of type ${type} needs the text ${field}.` }
  }
  yield* optionalProblems(fields, path, handler, nearestFor)
  const condition = fields.if
  if (condition === undefined) return
  if (event.toolEvent !== true) yield { path: [...path, 'if'], message: 'On this event a handler with if never runs.' }
  else if (typeof condition !== 'string' || !readPermissionRule(condition, 'ask', () => []).ok)
    yield { path: [...path, 'if'], message: 'It has to be one permission rule.' }
}

function* optionalProblems(
  fields: HookHandlerEntry['fields'],
  path: Hit['path'],
  handler: HookHandler,
  nearestFor: NearestFor,
): Iterable<Hit> {
  const { timeout, args, url } = fields
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0))
    yield {
      path: [...path, 'timeout'],
      message: `The timeout is ${kindOf(timeout)}; it has to be a number of seconds above 0.`,
    }
  if (args !== undefined && !(Array.isArray(args) && args.every((item) => typeof item === 'string')))
    yield { path: [...path, 'args'], message: 'args has to be a list of texts.' }
  if (handler.type === 'http' && typeof url === 'string' && url.trim() !== '' && !/^https?:\/\/[^\s/]+/i.test(url))
    yield { path: [...path, 'url'], message: 'It is no http or https URL.' }
  const known = ['type', ...handler.required, ...handler.optional]
  for (const field of Object.keys(fields))
    if (!known.includes(field))
      yield {
        path: [...path, field],
        severity: 'warning',
        message: `A handler of type ${handler.type} has no field ${shown(field)}.${didYouMean(nearestFor(field, known))}`,
      }
}

function isOfType(entry: HookHandlerEntry, type: HookHandler['type']): boolean {
  return entry.fields.type === type
}

/** The first handler of each event, for what is said once for an event. */
function firstOfEach(entries: readonly HookHandlerEntry[]): readonly HookHandlerEntry[] {
  return [...new Map(entries.toReversed().map((entry) => [entry.event.name, entry])).values()].toReversed()
}

function* timeoutProblems({ event, path: handler, fields }: HookHandlerEntry): Iterable<Hit> {
  const { timeout } = fields
  const path = [...handler, 'timeout']
  if (event.name === 'SessionEnd') {
    if (timeout === undefined)
      yield {
        path: handler,
        severity: 'note',
        message: `All hooks of SessionEnd share ${event.defaultTimeout} seconds.`,
      }
    else if (typeof timeout === 'number' && timeout > sessionEndBudget)
      yield { path, message: `SessionEnd waits ${sessionEndBudget} seconds at most.` }
    return
  }
  if (typeof timeout !== 'number' || timeout <= 0) return
  if (timeout > milliseconds) yield { path, message: `The timeout is in seconds: ${timeout} are more than an hour.` }
  else if (timeout > longest) yield { path, severity: 'note', message: `A session may wait ${timeout} seconds for it.` }
  else if (timeout < shortest && canBlock(event))
    yield { path, message: `After ${timeout} seconds the hook is cut off, and what it was to stop goes ahead.` }
}

/** Rules about what a hook runs, and what happens when that fails. */
export const rules: readonly Rule[] = [
  {
    id: 'hook-handler-invalid',
    title: 'A handler that no client can run',
    surface: 'claude-code',
    severity: 'error',
    why: 'What it was to guard is not guarded. One handler of an unknown type was seen to take all hooks with it.',
    fix: 'Give the handler the type and the fields that the hooks reference lists for it.',
    ...observed,
    *check(file, context) {
      const nearestFor = boundedSearch(nearestTexts)
      const goesWith = goesWithHooks(file, context)
      for (const entry of handlersOf(file.value)) yield* handlerProblems(entry, goesWith, nearestFor)
    },
  },
  {
    id: 'hook-file-missing',
    title: 'The command of a hook may not be there',
    surface: 'claude-code',
    severity: 'error',
    why: 'When the file is not there or may not be run, the tool runs: the hook fails open.',
    fix: 'Name the file by its whole path in a folder that only administrators can write to, and deliver it before the settings.',
    ...observed,
    *check(file, context) {
      for (const entry of handlersOf(file.value)) {
        const { command } = entry.fields
        if (!isOfType(entry, 'command') || typeof command !== 'string' || command.trim() === '') continue
        const path = [...entry.path, 'command']
        // With args the command is started as it stands, without a shell.
        const started = entry.fields.args === undefined ? commandFile(command) : commandFile(`"${command}"`)
        const problem = isManaged(file) ? placeProblem(started) : undefined
        if ((context.hasFile?.(command) ?? context.hasFile?.(started.file)) === false)
          yield { path, message: 'Nothing puts this file on the endpoint: the hook lets everything through.' }
        else if (problem !== undefined) yield { path, severity: 'warning', message: problem }
      }
    },
  },
  {
    id: 'hook-path-unquoted',
    title: 'The path of a hook command has a blank and no quotes',
    surface: 'claude-code',
    severity: 'error',
    why: 'A shell starts the part before the blank. That file is not there, and the hook lets every tool run.',
    fix: 'Put the path in double quotes inside the command, or give it without a shell, with "args".',
    ...observed,
    *check(file) {
      for (const entry of handlersOf(file.value)) {
        const { command, args } = entry.fields
        if (!isOfType(entry, 'command') || typeof command !== 'string' || args !== undefined) continue
        if (hasUnquotedBlank(command))
          yield { path: [...entry.path, 'command'], message: 'The path goes on after a blank, and is not in quotes.' }
      }
    },
  },
  {
    id: 'hook-fails-open',
    title: 'A hook that fails lets the call through',
    surface: 'claude-code',
    severity: 'note',
    why: 'Exit code 1, a missing file and a timeout do not block; telemetry shows them in hook_execution_complete.',
    fix: 'End with exit code 2 or a JSON decision in every case that is to be stopped, errors of the script included.',
    ...observed,
    *check(file) {
      if (!isManaged(file)) return
      for (const { event, path } of firstOfEach(handlersOf(file.value).filter((entry) => isOfType(entry, 'command')))) {
        if (event.blocks === 'exit-2')
          yield {
            path,
            message: `On ${event.name} only exit code 2 or a JSON decision blocks; every other failure lets it through.`,
          }
        else if (event.blocks === 'decision-only')
          yield { path, message: `On ${event.name} only a JSON decision blocks; no exit code does.` }
      }
    },
  },
  {
    id: 'hook-http-fails-open',
    title: 'A hook over HTTP lets the call through when the server is away',
    surface: 'claude-code',
    severity: 'note',
    why: 'An HTTP error, a timeout and an empty answer do not block.',
    fix: 'Watch the service, or use a command that blocks when it gets no answer.',
    ...docs.hooks,
    *check(file) {
      if (!isManaged(file)) return
      for (const { event, path } of firstOfEach(handlersOf(file.value).filter((entry) => isOfType(entry, 'http'))))
        if (canBlock(event)) yield { path, message: `On ${event.name} no answer is a yes.` }
    },
  },
  {
    id: 'hook-url-not-allowed',
    title: 'A hook posts to a URL that the same settings do not allow',
    surface: 'claude-code',
    severity: 'error',
    why: 'The list allowedHttpHookUrls counts for managed hooks too: the hook does not run.',
    fix: 'Add the URL to allowedHttpHookUrls.',
    ...observed,
    *check(file, context) {
      const allowed = valueAt(sourceOf(file, context).value, ['allowedHttpHookUrls'])
      if (!Array.isArray(allowed)) return
      for (const entry of comparable(handlersOf(file.value), allowed.length)) {
        const { url } = entry.fields
        if (!isOfType(entry, 'http') || typeof url !== 'string') continue
        if (!allowed.some((pattern) => typeof pattern === 'string' && fitsWildcard(pattern, url)))
          yield { path: [...entry.path, 'url'], message: 'No pattern of allowedHttpHookUrls fits this URL.' }
      }
    },
  },
  {
    id: 'hook-timeout',
    title: 'The timeout of a hook does not fit',
    surface: 'claude-code',
    severity: 'warning',
    why: 'A hook that is cut off lets the call through, and was counted as neither blocking nor failed.',
    fix: 'Give it more time than it ever needs; the value is in seconds.',
    ...observed,
    *check(file) {
      for (const entry of handlersOf(file.value)) yield* timeoutProblems(entry)
    },
  },
  {
    id: 'hook-async',
    title: 'A hook in the background does not block',
    surface: 'claude-code',
    severity: 'warning',
    why: 'The session does not wait for it: the call was seen to go through, whatever the hook said.',
    fix: 'Take async out where the hook is to stop something.',
    ...observed,
    *check(file) {
      for (const { event, path, fields } of handlersOf(file.value))
        for (const field of ['async', 'asyncRewake'])
          if (fields[field] === true && canBlock(event))
            yield {
              path: [...path, field],
              message: `The hook runs in the background: it does not block ${event.name}, whatever it says.`,
            }
    },
  },
]
