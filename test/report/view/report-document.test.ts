import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { makeView } from '../../../src/report/view/make-view.js'
import { ReportDocument, reportDocument } from '../../../src/report/view/report-document.js'
import { reportView } from '../../builders/report-view.js'

const schema = z.toJSONSchema(ReportDocument)
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true })
addFormats.default(ajv)
const validate = ajv.compile(schema)

it('publishes the JSON Schema of the document', async () => {
  const text = JSON.stringify({ title: 'fleet.report/v1', ...schema }, null, 2)
  await expect(`${text}\n`).toMatchFileSnapshot('../../../templates/schemas/fleet.report.v1.schema.json')
})

it('is valid with everything, and with a scan alone', () => {
  const view = reportView()
  for (const document of [
    reportDocument(view, { format: 'html', file: 'report.html' }),
    reportDocument(makeView({ head: view.head, fleet: '0.1.0' })),
  ])
    expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true)
})

it('has what a report adds to its documents, and neither endpoints nor waves', () => {
  const view = reportView()
  const document = reportDocument(view)
  expect(document).toMatchObject({ organization: 'Acme Instruments', targetBy: '2026-12-18' })
  expect(document.diagnoses).toHaveLength(view.diagnoses.length)
  expect(document.trend).toEqual(view.trend)
  expect(document.problems).toEqual(view.problems)
  expect(document.written).toBeUndefined()
  expect(JSON.stringify(document).length).toBeLessThan(20_000)
})
