import { TextBlocks } from '../platform/text-blocks.js'
import { writeElement, type XmlElement, xmlText } from '../platform/xml-element.js'

/** How a case that did not pass ended; `type` is a code for programs, the lines are for people. */
export interface JunitProblem {
  readonly kind: 'failure' | 'error' | 'skipped'
  readonly type: string
  readonly message: string
  readonly lines: readonly string[]
}

/**
 * A suite of JUnit XML. It keeps to the schemas of Jenkins and of Ant, which the readers of other products follow:
 * https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
 * and https://github.com/windyroad/JUnit-Schema/blob/master/JUnit.xsd (2026-11-21). The second wants a time and a host
 * name: nothing is timed here, and `localhost` is what it says to write where there is none.
 */
export class JunitSuite {
  /** As text: the tag of the suite counts them, and stands before them. */
  readonly #cases = new TextBlocks()
  readonly #counts = { tests: 0, failure: 0, error: 0, skipped: 0 }

  constructor(readonly name: string) {}

  /** Adds a case, passed unless there is a problem. GitLab knows cases by class and name and drops the second of a pair. */
  add(name: string, problem?: JunitProblem | undefined): void {
    this.#counts.tests += 1
    if (problem !== undefined) this.#counts[problem.kind] += 1
    const attributes = { classname: xmlText(this.name), name: xmlText(name), time: '0' }
    const content = problem === undefined ? '' : [problemElement(problem)]
    this.#cases.add(writeElement({ name: 'testcase', attributes, content }, '    '))
  }

  /** The suite, piece by piece; `id` is its place among the suites. */
  *pieces(
    id: number,
    asOf: string,
    properties: Readonly<Record<string, string>>,
    notes: readonly string[],
  ): Iterable<string> {
    const attributes: Record<string, string> = {
      id: String(id),
      name: xmlText(this.name),
      package: 'fleet',
      timestamp: asOf.slice(0, 19),
      hostname: 'localhost',
      tests: String(this.#counts.tests),
      failures: String(this.#counts.failure),
      errors: String(this.#counts.error),
      skipped: String(this.#counts.skipped),
      time: '0',
    }
    // The start tag only: the cases follow as they were written.
    yield writeElement({ name: 'testsuite', attributes, content: '' }, '  ').replace('</testsuite>', '')
    yield writeElement({ name: 'properties', content: Object.entries(properties).map(propertyElement) }, '    ')
    yield* this.#cases.texts()
    yield writeElement({ name: 'system-out', content: notes.map(xmlText).join('\n') }, '    ')
    yield writeElement({ name: 'system-err', content: '' }, '    ')
    yield '  </testsuite>\n'
  }
}

function propertyElement([name, value]: [string, string]): XmlElement {
  return { name: 'property', attributes: { name, value: xmlText(value) }, content: '' }
}

/** What was skipped may have no type in Ant. GitLab shows the text and not the message, so the text begins with it. */
function problemElement({ kind, type, message, lines }: JunitProblem): XmlElement {
  return {
    name: kind,
    attributes: { ...(kind !== 'skipped' && { type: xmlText(type) }), message: xmlText(message) },
    content: [message, ...lines].map(xmlText).join('\n'),
  }
}
