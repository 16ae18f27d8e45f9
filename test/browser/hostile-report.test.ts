import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { endpointRow } from '../../src/report/html/endpoint-row.js'
import { harmlessReport, hostileReport, type Reported } from '../builders/hostile-report.js'
import { reportHtml } from '../builders/report-page.js'
import { browserFile, ReportBrowser } from './browser.js'

interface Marks {
  readonly elements: string[]
  readonly attributes: string[]
  /** Values of attributes that do not draw anything. */
  readonly values: string[]
}

/** Every kind of element of the page, every attribute it has, and the values of those attributes that no chart computes. */
async function marksOf(page: Page): Promise<Marks> {
  const found: [string, [string, string][]][] = await page
    .locator('html')
    .evaluate((root) =>
      [root, ...root.querySelectorAll('*')].map((element) => [
        element.localName,
        [...element.attributes].map(({ name, value }) => [name, value]),
      ]),
    )
  const drawing =
    /^(?:d|transform|viewBox|x|y|x1|x2|y1|y2|cx|cy|r|width|height|fill|stroke.*|opacity|font-.*|text-anchor)$/
  const sorted = (texts: readonly string[]) => [...new Set(texts)].sort()
  return {
    elements: sorted(found.map(([name]) => name)),
    attributes: sorted(found.flatMap(([element, list]) => list.map(([name]) => `${element} ${name}`))),
    values: sorted(
      found.flatMap(([element, list]) =>
        list.filter(([name]) => !drawing.test(name)).map(([name, value]) => `${element} ${name} ${value}`),
      ),
    ),
  }
}

/** Uses everything that can be used: search, filters, every column in both directions, pages, receipts and what is closed. */
async function useEverything(page: Page): Promise<void> {
  const settled = () => page.waitForSelector('#endpoint-table:not([aria-busy])')
  for (const name of ['state', 'platform', 'department']) {
    await page.selectOption(`#endpoint-${name}`, { index: 1 })
    await settled()
    await page.selectOption(`#endpoint-${name}`, { index: 0 })
    await settled()
  }
  for (const heading of await page.locator('.sort').all())
    for (let click = 0; click < 2; click++) {
      await heading.click()
      await settled()
    }
  await page.click('#endpoint-reset')
  await page.click('#endpoint-next')
  await page.click('#endpoint-previous')
  // By the page itself, since there are hundreds.
  for (const selector of ['.receipts-button', 'details:not([open]) > summary'])
    await page.locator(selector).evaluateAll((list: { click(): void }[]) => {
      for (const element of list) element.click()
    })
}

const browser = new ReportBrowser()
afterAll(() => browser.close())

async function opened({ view, endpoints }: Reported) {
  return browser.open(await reportHtml(view, endpoints))
}

describe.skipIf(browserFile === undefined)('a report of hostile names', () => {
  it('has the elements and attributes of the harmless one, runs nothing, and shows the names as text', async () => {
    const harmless = await opened(harmlessReport())
    const report = hostileReport()
    const hostile = await opened(report)
    for (const use of [async () => {}, useEverything]) {
      await use(harmless.page)
      await use(hostile.page)
      const expected = await marksOf(harmless.page)
      const found = await marksOf(hostile.page)
      expect(found.elements).toEqual(expected.elements)
      expect(found.attributes).toEqual(expected.attributes)
      expect(found.values.filter((value) => !expected.values.includes(value))).toEqual([])
      expect(await hostile.page.evaluate(() => Reflect.get(globalThis, 'ran'))).toBeUndefined()
      expect(hostile.messages).toEqual([])
      expect(hostile.requests).toEqual([])
    }
    const names = new Set(report.endpoints.map((endpoint) => endpointRow(endpoint).name))
    const shown: string[] = await hostile.page
      .locator('#endpoint-rows tr:not(.receipts) > th')
      .evaluateAll((heads) => heads.map((head) => head.firstChild.textContent))
    expect(shown).toHaveLength(100)
    for (const name of shown) expect(names).toContain(name)
    expect([...names].filter((name) => name.includes('onerror')).length).toBeGreaterThan(0)
    await hostile.page.fill('#endpoint-search', '<img src=x onerror=')
    await hostile.page.locator('#endpoint-count', { hasText: 'found' }).waitFor()
    expect(await hostile.page.locator('#endpoint-rows tr').count()).toBeGreaterThan(0)
    expect(await hostile.page.locator('#endpoint-rows').textContent()).toContain('<img src=x onerror=window.ran=1>')
    expect((await marksOf(hostile.page)).elements).not.toContain('img')
  })

  it('never gets wider than a narrow screen', async () => {
    const { view, endpoints } = hostileReport()
    const { page } = await browser.open(await reportHtml(view, endpoints), { width: 320 })
    expect(await page.locator('html').evaluate((root) => root.scrollWidth)).toBe(320)
  })
})
