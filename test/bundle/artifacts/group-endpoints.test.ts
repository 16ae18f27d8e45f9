import { expect, it } from 'vitest'
import { groupEndpoints } from '../../../src/bundle/artifacts/group-endpoints.js'
import { planOf } from '../../builders/plan.js'

it.each([
  [1, 'The one endpoint of this group, to make it in the MDM'],
  [2, 'The 2 endpoints of this group, to make it in the MDM'],
])('a list of %i says how many', (count, about) => {
  const endpoints = Array.from({ length: count }, (_, index) => ({ serial: `S${index}`, hostname: `h${index}` }))
  const group = { field: 'department', value: 'Finance', folder: 'finance', endpoints } as const
  expect(groupEndpoints.files(planOf({}, { group })).map((file) => file.about)).toEqual([about])
})
