import semver from 'semver'
import { describe, expect, it } from 'vitest'
import { clientBehaviour } from '../../../src/bundle/client-behaviour.js'
import { rules } from '../../../src/bundle/lint/rules.js'
import { experiments } from '../../client/experiments.js'

/** What these rules say was seen with good settings: nothing goes wrong with them. */
const seenInGoodForms: Readonly<Record<string, readonly string[]>> = {
  'settings-encoding': ['utf-16', 'utf-8-bom'],
}

const shown = new Set(experiments.map(({ rule }) => rule))
const known = new Set(rules.map(({ id }) => id))
const goodForms = new Set(experiments.filter(({ rule }) => rule === 'good-form').map(({ id }) => id))

describe('rules and experiments', () => {
  it('no rule rests on an observation that no experiment repeats', () => {
    const observed = rules.filter(({ source }) => source.startsWith('observed')).map(({ id }) => id)
    const missing = observed.filter(
      (id) => !shown.has(id) && seenInGoodForms[id]?.every((form) => goodForms.has(form)) !== true,
    )
    expect(observed.length).toBeGreaterThan(30)
    expect(missing).toEqual([])
  })

  it('no experiment shows a rule that is not there', () => {
    expect([...shown].filter((id) => id !== 'good-form' && !known.has(id))).toEqual([])
  })

  it('no two rules share an id', () => {
    expect(known.size).toBe(rules.length)
  })
})

const versionsIn = (range: string) => range.match(/\d+\.\d+\.\d+/g) ?? []
const borders = new Set(
  Object.values(clientBehaviour).flatMap((list) => list.flatMap(({ versions }) => versionsIn(versions))),
)

describe('versions', () => {
  it('experiments change their claims only where the behaviour of clients is said to change', () => {
    const claimed = experiments.flatMap(({ expects }) => expects.flatMap(({ versions }) => versionsIn(versions)))
    expect(claimed.length).toBeGreaterThan(0)
    expect([...new Set(claimed)].filter((version) => !borders.has(version))).toEqual([])
  })

  it.each(
    Object.entries({
      attributeParser: 'attributes-dropped/raw-blank',
      unparsableJson: 'settings-not-json/comment',
      protocolDefault: 'telemetry-no-protocol/no-protocol',
      misshapenHooks: 'hooks-dropped/array-matcher',
      wrongType: 'permission-bypass-type/takes-deny-rules-along',
      booleanAsText: 'wrong-type/boolean-as-text',
      versionFloor: 'version-floor-above/far-above',
      assistantResponses: 'content-responses-follow/prompts-on',
    } satisfies Record<keyof typeof clientBehaviour, string>),
  )('of %s begin where the claims of %s do', (name, id) => {
    const experiment = experiments.find((one) => `${one.rule}/${one.id}` === id)
    const ends = (experiment?.expects ?? []).flatMap(({ versions }) => versionsIn(versions))
    const begins = clientBehaviour[name as keyof typeof clientBehaviour].flatMap(({ versions }) =>
      versions.startsWith('>=') ? versionsIn(versions).slice(0, 1) : [],
    )
    expect(semver.sort([...ends])).toEqual(
      // The last change of the parser shows only with a bad entry.
      id.startsWith('attributes-dropped') ? begins.slice(0, 1) : begins,
    )
  })
})
