import type { Claim, Experiment } from '../experiment.js'
import type { Seen } from '../seen.js'
import { withTelemetry } from './setup.js'

type Attributes = NonNullable<Seen['attributes']>

const withAttributes = (text: string | undefined) => withTelemetry({ OTEL_RESOURCE_ATTRIBUTES: text })
const arrive = (attributes: Attributes): Partial<Seen> => ({
  complains: false,
  signals: ['logs', 'metrics'],
  attributes,
})

/** `bad` is a list of [version range, attributes that arrive]; the fixed text always arrives whole. */
function experiment(
  rule: string,
  id: string,
  about: string,
  texts: readonly [bad: string, fixed: string],
  bad: readonly (readonly [versions: string, attributes: Attributes])[],
  fixed: Attributes,
): Experiment {
  const expects = bad.map(
    ([versions, attributes]): Claim => ({
      versions,
      bad: arrive(attributes),
      fixed: arrive(fixed),
    }),
  )
  return { rule, id, about, bad: withAttributes(texts[0]), fixed: withAttributes(texts[1]), expects }
}

const strict = '<2.1.251'
const wholeList = '<2.1.323'
const rest = '*'
const long = 'x'.repeat(256)

export const attributeExperiments: readonly Experiment[] = [
  experiment(
    'attributes-dropped',
    'raw-blank',
    'A blank in a value.',
    ['department=field ops,team=a', 'department=field%20ops,team=a'],
    [
      [strict, {}],
      [rest, { department: 'field ops', team: 'a' }],
    ],
    { department: 'field ops', team: 'a' },
  ),
  experiment(
    'attributes-dropped',
    'raw-semicolon',
    'A semicolon in a value.',
    ['a=x;y,b=1', 'a=x%3By,b=1'],
    [
      [strict, {}],
      [rest, { a: 'x;y', b: '1' }],
    ],
    { a: 'x;y', b: '1' },
  ),
  experiment(
    'attributes-dropped',
    'raw-backslash',
    'A backslash in a value.',
    ['a=x\\y,b=1', 'a=x%5Cy,b=1'],
    [
      [strict, {}],
      [rest, { a: 'x\\y', b: '1' }],
    ],
    { a: 'x\\y', b: '1' },
  ),
  experiment(
    'attributes-dropped',
    'raw-non-ascii',
    'A letter outside ASCII in a value.',
    ['a=été,b=1', 'a=%C3%A9t%C3%A9,b=1'],
    [
      [strict, {}],
      [rest, { a: 'été', b: '1' }],
    ],
    { a: 'été', b: '1' },
  ),
  experiment(
    'attributes-dropped',
    'bad-escape',
    'A percent sign that starts no escape.',
    ['a=%zz,b=1', 'a=%25zz,b=1'],
    [
      [wholeList, {}],
      [rest, { b: '1' }],
    ],
    { a: '%zz', b: '1' },
  ),
  experiment(
    'attributes-dropped',
    'too-long',
    'A value of 256 characters.',
    [`a=${long},b=1`, `a=${long.slice(1)},b=1`],
    [
      [wholeList, {}],
      [rest, { b: '1' }],
    ],
    { a: long.slice(1), b: '1' },
  ),
  experiment(
    'attributes-dropped',
    'blank-in-key',
    'A blank in a key.',
    ['my key=x,b=1', 'my.key=x,b=1'],
    [
      [strict, {}],
      [rest, { b: '1', 'my key': 'x' }],
    ],
    { b: '1', 'my.key': 'x' },
  ),
  experiment(
    'attribute-entry-dropped',
    'raw-equals',
    'An equals sign in a value.',
    ['a=x=y,b=1', 'a=x%3Dy,b=1'],
    [
      [strict, { b: '1' }],
      [wholeList, {}],
      [rest, { b: '1' }],
    ],
    { a: 'x=y', b: '1' },
  ),
  experiment(
    'attribute-entry-dropped',
    'no-equals',
    'An entry without an equals sign, as a raw comma in a value makes one.',
    ['a=x,broken,b=1', 'a=x%2Cbroken,b=1'],
    [
      [strict, { a: 'x', b: '1' }],
      [wholeList, {}],
      [rest, { a: 'x', b: '1' }],
    ],
    { a: 'x,broken', b: '1' },
  ),
  experiment(
    'attribute-quoted',
    'double-quotes',
    'Quotes around a value.',
    ['a="x",b=1', 'a=x,b=1'],
    [
      [strict, { a: 'x', b: '1' }],
      [rest, { a: '"x"', b: '1' }],
    ],
    { a: 'x', b: '1' },
  ),
  experiment(
    'attribute-key-encoded',
    'percent-20',
    'A percent escape in a key.',
    ['a%20b=x', 'a.b=x'],
    [
      [strict, { 'a%20b': 'x' }],
      [rest, { 'a b': 'x' }],
    ],
    { 'a.b': 'x' },
  ),
  experiment(
    'attribute-overrides-builtin',
    'service.name',
    'An attribute of the client itself is replaced.',
    ['service.name=other,host.name=h1', 'company.service=other,host.name=h1'],
    [[rest, { 'host.name': 'h1', 'service.name': 'other' }]],
    { 'company.service': 'other', 'host.name': 'h1' },
  ),
  experiment(
    'attribute-unfilled-variable',
    'dollar',
    'A variable that the MDM did not fill in arrives as text.',
    ['serial=$SERIALNUMBER', 'serial=C02AB12CD34E'],
    [[rest, { serial: '$SERIALNUMBER' }]],
    { serial: 'C02AB12CD34E' },
  ),
  experiment(
    'attribute-unfilled-variable',
    'braces',
    'A variable in braces that the MDM did not fill in arrives as text.',
    ['serial={{serialnumber}}', 'serial=C02AB12CD34E'],
    [[rest, { serial: '{{serialnumber}}' }]],
    { serial: 'C02AB12CD34E' },
  ),
  experiment(
    'attribute-duplicate',
    'twice',
    'Of two entries with the same key the last one counts.',
    ['a=x,a=y,b=1', 'a=y,b=1'],
    [[rest, { a: 'y', b: '1' }]],
    { a: 'y', b: '1' },
  ),
  experiment(
    'attribute-empty',
    'no-value',
    'An entry without a value arrives empty.',
    ['a=,b=1', 'a=x,b=1'],
    [[rest, { a: '', b: '1' }]],
    { a: 'x', b: '1' },
  ),
  {
    rule: 'attributes-not-set',
    id: 'user-settings',
    about: 'What the managed file leaves open, the user fills in through settings.',
    bad: { ...withAttributes(undefined), user: { env: { OTEL_RESOURCE_ATTRIBUTES: 'department=board' } } },
    fixed: { ...withAttributes('department=finance'), user: { env: { OTEL_RESOURCE_ATTRIBUTES: 'department=board' } } },
    expects: [{ versions: '*', bad: arrive({ department: 'board' }), fixed: arrive({ department: 'finance' }) }],
  },
  {
    rule: 'attributes-not-set',
    id: 'shell',
    about: 'What the managed file leaves open, the user fills in through the shell.',
    bad: { ...withAttributes(undefined), shell: { OTEL_RESOURCE_ATTRIBUTES: 'department=board' } },
    fixed: { ...withAttributes('department=finance'), shell: { OTEL_RESOURCE_ATTRIBUTES: 'department=board' } },
    expects: [{ versions: '*', bad: arrive({ department: 'board' }), fixed: arrive({ department: 'finance' }) }],
  },
]
