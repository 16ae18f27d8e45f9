import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Language as LanguageType, Node, Parser as ParserType, Tree } from '@vscode/tree-sitter-wasm'

const require = createRequire(import.meta.url)

let parser: Promise<ParserType> | undefined

/** The grammar of PowerShell, as Visual Studio Code highlights by it. Nothing here runs PowerShell. */
async function powerShellParser(): Promise<ParserType> {
  const entry = require.resolve('@vscode/tree-sitter-wasm')
  const { Language, Parser } = require(entry) as { Language: typeof LanguageType; Parser: typeof ParserType }
  await Parser.init()
  const made = new Parser()
  made.setLanguage(await Language.load(join(dirname(entry), 'tree-sitter-powershell.wasm')))
  return made
}

async function parse(script: string): Promise<Tree> {
  parser ??= powerShellParser()
  const tree = (await parser).parse(script)
  if (tree === null) throw new Error('The parser gave no tree.')
  return tree
}

function* nodesBelow(node: Node): Generator<Node> {
  yield node
  for (const child of node.children) if (child !== null) yield* nodesBelow(child)
}

const lineOf = (node: Node) => node.startPosition.row + 1

/** Where a script is no PowerShell: one text for each place, with its line. Empty where it is all right. */
export async function powerShellSyntaxErrors(script: string): Promise<readonly string[]> {
  const lines = script.split('\n')
  const { rootNode } = await parse(script)
  return [...nodesBelow(rootNode)]
    .filter((node) => node.isError || node.isMissing)
    .map(
      (node) =>
        `line ${lineOf(node)}: ${node.isMissing ? `${node.type} is missing in: ` : ''}${lines[lineOf(node) - 1]}`,
    )
}

/** Variables that PowerShell gives a script; whoever sets one changes what he does not mean to, or fails. */
const automatic =
  /^(?:_|null|true|false|args|input|matches|error|host|home|pid|pwd|profile|event|sender|this|psitem|foreach|switch|stacktrace|pshome|executioncontext|myinvocation|psscriptroot|env:.*)$/

/** What PowerShell comes with and our scripts may call. */
const known = new Set(
  'Set-StrictMode,Write-Output,New-Object,Get-Date,Get-Item,Get-Acl,Get-CimInstance,Where-Object'.split(','),
)

/**
 * What the interpreter would only find out on the way, and stop: names of functions and variables that nothing has made,
 * another number of arguments than a function has parameters, an automatic variable that is set. All arguments of our own
 * functions are given, by position. One text for each place.
 */
export async function powerShellNameProblems(script: string): Promise<readonly string[]> {
  const { rootNode } = await parse(script)
  const nodes = [...nodesBelow(rootNode)]
  const functions = new Map(
    nodes
      .filter(({ type }) => type === 'function_statement')
      .map((node) => [nameOf(node), { node, parameters: parametersOf(node) }] as const),
  )
  const madeIn = new Map<string, Set<string>>()
  const problems: string[] = []
  const made = (place: string, variable: string) => {
    if (automatic.test(variable)) problems.push(`sets $${variable}`)
    madeIn.set(place, (madeIn.get(place) ?? new Set()).add(variable))
  }
  for (const [name, { parameters }] of functions) for (const parameter of parameters) made(name, parameter)
  for (const node of nodes) {
    const target = assigned(node)
    if (target === undefined || target.startsWith('env:')) continue
    const isScript = target.startsWith('script:')
    made(isScript ? '' : placeOf(node), target.replace(/^script:/, ''))
  }
  for (const node of nodes) {
    if (node.type === 'variable') {
      const variable = variableName(node).replace(/^script:/, '')
      const isMade = [placeOf(node), ''].some((place) => madeIn.get(place)?.has(variable))
      if (!isMade && !automatic.test(variable)) problems.push(`line ${lineOf(node)}: $${variable} is never set`)
    }
    if (node.type === 'command') {
      const name = node.namedChildren[0]?.text ?? ''
      const called = functions.get(name)
      if (called === undefined && !known.has(name)) problems.push(`line ${lineOf(node)}: there is no ${name}`)
      if (called !== undefined && node.text.charAt(name.length) === '(')
        problems.push(`line ${lineOf(node)}: ${name} is called as a method`)
      if (called !== undefined && argumentsOf(node) !== called.parameters.length)
        problems.push(
          `line ${lineOf(node)}: ${name} takes ${called.parameters.length} arguments, not ${argumentsOf(node)}`,
        )
    }
  }
  return problems
}

function nameOf(declaration: Node): string {
  return declaration.namedChildren.find((child) => child?.type === 'function_name')?.text ?? ''
}

function parametersOf(declaration: Node): readonly string[] {
  return declaration
    .descendantsOfType('script_parameter')
    .flatMap((node) => node?.namedChildren.filter((child) => child?.type === 'variable') ?? [])
    .flatMap((node) => (node === null ? [] : [variableName(node)]))
}

function variableName(node: Node): string {
  return node.text
    .replace(/^\$/, '')
    .replace(/^\{(.*)\}$/, '$1')
    .toLowerCase()
}

/** The name of the function that a node stands in; empty outside of all. */
function placeOf(node: Node): string {
  for (let above = node.parent; above !== null; above = above.parent)
    if (above.type === 'function_statement') return nameOf(above)
  return ''
}

/** The variable that a node sets as a whole. */
function assigned(node: Node): string | undefined {
  if (node.type === 'foreach_statement') {
    const variable = node.namedChildren.find((child) => child?.type === 'variable')
    return variable ? variableName(variable) : undefined
  }
  if (node.type !== 'left_assignment_expression') return undefined
  const text = /^(?:\[[^\]]+\]\s*)?\$([A-Za-z0-9_:]+)$/.exec(node.text)?.[1]
  return text?.toLowerCase()
}

function argumentsOf(command: Node): number {
  const elements = command.namedChildren.find((child) => child?.type === 'command_elements')
  return (
    (elements?.namedChildren ?? [])
      .filter((child) => child !== null && child.type !== 'command_argument_sep')
      // A comma makes one argument of two: whoever writes one here means something else.
      .reduce((count, child) => count + (child?.type === 'array_literal_expression' ? child.namedChildCount : 1), 0)
  )
}
