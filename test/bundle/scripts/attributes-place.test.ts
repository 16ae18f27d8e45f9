import { describe, expect, it } from 'vitest'
import { attributesPlace } from '../../../src/bundle/scripts/attributes-place.js'

const list = 'a=1,fleet.serial={{FleetSerial}}'
const settings = {
  first: '\n"OTEL_RESOURCE_ATTRIBUTES": "x={{FleetSerial}}"',
  env: { A: '🚀', OTEL_RESOURCE_ATTRIBUTES: list },
}

describe('the place of the resource attributes', () => {
  it('is found by its keys, not by its text', () => {
    for (const indent of [2, undefined]) {
      const json = JSON.stringify(settings, null, indent)
      const place = attributesPlace(json)
      expect(json.slice(place?.start, (place?.start ?? 0) + (place?.length ?? 0))).toBe(list)
      expect(json.split('\n')[(place?.line ?? 0) - 1]).toContain(
        `"OTEL_RESOURCE_ATTRIBUTES": "${list}"`.replace(': ', indent ? ': ' : ':'),
      )
    }
  })

  it('is none where there is nothing to fill in', () => {
    for (const value of [
      {},
      { env: {} },
      { env: { OTEL_RESOURCE_ATTRIBUTES: 'a=1' } },
      { env: { OTEL_RESOURCE_ATTRIBUTES: 'a={{FleetSerial}}x' } },
      { OTEL_RESOURCE_ATTRIBUTES: list },
    ])
      expect(attributesPlace(JSON.stringify(value))).toBeUndefined()
  })

  it('refuses a list that is not encoded', () => {
    const json = JSON.stringify({ env: { OTEL_RESOURCE_ATTRIBUTES: `a="x",${list}` } })
    expect(() => attributesPlace(json)).toThrow('not encoded')
  })
})
