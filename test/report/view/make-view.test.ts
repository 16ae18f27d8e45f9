import { describe, expect, it } from 'vitest'
import { makeView } from '../../../src/report/view/make-view.js'
import { reportedEndpoints, reportView } from '../../builders/report-view.js'

const view = reportView()
const sum = (rows: readonly { readonly endpoints: number }[]) => rows.reduce((all, row) => all + row.endpoints, 0)

describe('the view of a report', () => {
  it('has every endpoint that is not ready in exactly one row', () => {
    const { ready } = view.head.states
    expect(sum(view.diagnoses) + sum(view.excluded) + ready).toBe(reportedEndpoints().length)
    expect(sum(view.unknowns)).toBe(view.head.states.unknown + view.head.states.stale)
    expect(view.diagnoses).toEqual(expect.arrayContaining([...view.unknowns]))
  })

  it('has the most frequent reasons first, with what to do and a source where there is one', () => {
    const counts = view.diagnoses.map(({ endpoints }) => endpoints)
    expect(counts).toEqual([...counts].sort((a, b) => b - a))
    expect(view.diagnoses[0]).toMatchObject({
      code: 'below-gate',
      detail: 'cowork-otel',
      todo: 'upgrade Claude Desktop to 1.1.4173 or newer',
    })
    expect(view.diagnoses[0]?.source).toBe(view.head.gates.find(({ id }) => id === 'cowork-otel')?.source)
    expect(view.diagnoses.find(({ code }) => code === 'credential-missing')?.source).toMatch(/^https:/)
  })

  it('takes no word of the policy for a gate', () => {
    const reason = { ...view.head.reasons[0]!, state: 'excluded' as const, code: 'excluded-by-policy' }
    const { excluded } = makeView({
      head: { ...view.head, reasons: [{ ...reason, detail: 'cowork-otel' }] },
      fleet: '1',
    })
    expect(excluded).toHaveLength(1)
    expect(excluded[0]?.source).toBeUndefined()
  })

  it('takes the name and the date from the plan before the policy', () => {
    const about = { head: view.head, fleet: '1', organization: 'Policy', targetBy: '2027-01-01' }
    expect(makeView(about)).toMatchObject({ organization: 'Policy', targetBy: '2027-01-01' })
    expect(makeView({ ...about, plan: view.plan })).toMatchObject({
      organization: 'Acme Instruments',
      targetBy: '2026-12-18',
    })
  })
})
