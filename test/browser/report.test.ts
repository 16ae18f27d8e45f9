import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manyEndpoints } from '../builders/many-endpoints.js'
import { reportHtml } from '../builders/report-page.js'
import { reportedEndpoints, reportView } from '../builders/report-view.js'
import { browserFile, type OpenedReport, ReportBrowser } from './browser.js'

const browser = new ReportBrowser()
const endpoints = reportedEndpoints()
const content = await reportHtml(reportView(), endpoints)
afterAll(() => browser.close())

const settled = (page: Page) => page.waitForSelector('#endpoint-table:not([aria-busy])')

/** The texts of a column of the rows that are shown, from 1. */
function column(page: Page, at: number): Promise<string[]> {
  return page
    .locator(`#endpoint-rows tr:not(.receipts) > :nth-child(${at})`)
    .evaluateAll((cells) => cells.map((cell) => cell.firstChild?.textContent ?? ''))
}

/** What is no value of a column, by its place: it comes last in both directions. */
const missing: Readonly<Record<number, (text: string) => boolean>> = {
  2: (text) => text === 'unknown',
  3: (text) => text === '(none)',
  5: (text) => !/^\d/.test(text),
  6: (text) => !/^\d/.test(text),
  7: (text) => text === 'none',
}

async function search(page: Page, words: string): Promise<void> {
  await page.fill('#endpoint-search', words)
  await settled(page)
}

/** Presses TAB until an element has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let press = 0; press < 200; press++) {
    if (await page.locator(`${selector}:focus`).count()) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`The keyboard does not reach ${selector}.`)
}

describe.skipIf(browserFile === undefined)('the report in a browser', () => {
  let opened: OpenedReport
  beforeAll(async () => {
    opened = await browser.open(content)
  })

  it('opens without a word on the console, and asks for nothing but itself', async () => {
    const { page, messages, requests } = opened
    expect(await page.title()).toBe('Fleet readiness: Acme Instruments, 2026-11-20')
    expect(await page.locator('#endpoint-rows > tr').count()).toBe(100)
    expect(await page.locator('#endpoint-count').textContent()).toBe(
      '1 to 100 of 420 endpoints, the most urgent first.',
    )
    expect(messages).toEqual([])
    expect(requests).toEqual([])
  })

  it('finds endpoints by name, serial number, version and reason, all words together', async () => {
    const { page } = opened
    const { hostname, serial } = endpoints.find((endpoint) => endpoint.hostname && endpoint.serial)!
    await search(page, serial!.toLowerCase())
    expect(await column(page, 1)).toEqual([hostname])
    await search(page, 'windows  UPGRADE logistics')
    const expected = endpoints.filter(
      ({ platform, state, department }) => platform === 'windows' && state === 'upgrade' && department === 'Logistics',
    )
    expect((await column(page, 1)).sort()).toEqual(expected.map(({ hostname: name, id }) => name ?? id).sort())
    await search(page, 'no such endpoint anywhere')
    expect(await page.locator('#endpoint-count').textContent()).toBe('No endpoint found, of 420 in all.')
    await page.click('#endpoint-reset')
    await settled(page)
  })

  it('filters by state, platform and department together', async () => {
    const { page } = opened
    await page.selectOption('#endpoint-state', { label: 'ready' })
    await page.selectOption('#endpoint-platform', { label: 'macOS' })
    await page.selectOption('#endpoint-department', { label: 'Sales' })
    await settled(page)
    const expected = endpoints.filter(
      ({ state, platform, department }) => state === 'ready' && platform === 'macos' && department === 'Sales',
    )
    expect(expected.length).toBeGreaterThan(0)
    expect((await column(page, 1)).sort()).toEqual(expected.map(({ hostname, id }) => hostname ?? id).sort())
    await page.click('#endpoint-reset')
    await settled(page)
    expect(await page.locator('#endpoint-count').textContent()).toBe(
      '1 to 100 of 420 endpoints, the most urgent first.',
    )
  })

  it('sorts every column in both directions, and versions as numbers', async () => {
    const { page } = opened
    await search(page, '1.1.')
    const heads = page.locator('#endpoint-table thead th')
    for (let at = 1; at <= 8; at++) {
      const head = heads.nth(at - 1)
      await head.locator('button').click()
      await settled(page)
      expect(await head.getAttribute('aria-sort')).toBe('ascending')
      const up = await column(page, at)
      const upNames = await page.locator('#endpoint-rows th').allTextContents()
      await head.locator('button').click()
      await settled(page)
      expect(await head.getAttribute('aria-sort')).toBe('descending')
      const down = await column(page, at)
      const isMissing = missing[at] ?? (() => false)
      const present = (texts: readonly string[]) => texts.filter((text) => !isMissing(text))
      expect(present(down)).toEqual(present(up).reverse())
      for (const texts of [up, down]) expect(texts.slice(0, present(texts).length)).toEqual(present(texts))
      // Those alike stay in their order, whichever direction.
      const downNames = await page.locator('#endpoint-rows th').allTextContents()
      for (const value of new Set(up)) {
        const alike = (names: readonly string[], values: readonly string[]) =>
          names.filter((_, row) => values[row] === value)
        expect(alike(downNames, down)).toEqual(alike(upNames, up))
      }
      expect(await page.locator('th[aria-sort]').count()).toBe(1)
    }
    await page.click('#endpoint-reset')
    await settled(page)
    await heads.nth(4).locator('button').click()
    await settled(page)
    await heads.nth(4).locator('button').click()
    await settled(page)
    const versions = [...new Set(await column(page, 5))].filter((text) => /^\d/.test(text))
    const sorted = [...versions].sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    expect(versions).toEqual(sorted)
    expect(versions.length).toBeGreaterThan(1)
    await page.click('#endpoint-reset')
    await settled(page)
  })

  it('turns pages until every endpoint was shown once', async () => {
    const { page } = opened
    const ids: string[] = []
    for (let turn = 0; turn < 5; turn++) {
      ids.push(...(await page.locator('#endpoint-rows th').allTextContents()))
      if (turn < 4) await page.click('#endpoint-next')
    }
    expect(new Set(ids).size).toBe(420)
    expect(ids).toHaveLength(420)
    expect(await page.locator('#endpoint-page').textContent()).toBe('Page 5 of 5')
    expect(await page.locator('#endpoint-next').getAttribute('aria-disabled')).toBe('true')
    await page.click('#endpoint-first')
    expect(await page.locator('#endpoint-rows th').first().textContent()).toBe(ids[0])
  })

  it('shows receipts by the keyboard alone', async () => {
    const { page } = await browser.open(content)
    await page.keyboard.press('Tab')
    expect(await page.locator('.skip:focus').count()).toBe(1)
    await tabTo(page, '#endpoint-search')
    await page.keyboard.type('upgrade windows')
    await page.locator('#endpoint-count', { hasText: 'found' }).waitFor()
    await tabTo(page, '.sort')
    await page.keyboard.press('Enter')
    await settled(page)
    expect(await page.locator('th[aria-sort="ascending"]').count()).toBe(1)
    await tabTo(page, '.receipts-button')
    await page.keyboard.press('Space')
    const button = page.locator('.receipts-button:focus')
    expect(await button.getAttribute('aria-expanded')).toBe('true')
    const receipts = page.locator(`#${await button.getAttribute('aria-controls')}`)
    const name = await page.locator('#endpoint-rows th').first().locator('.identity').textContent()
    const { desktop } = endpoints.find(({ serial }) => serial === name)!
    const { file, record, field } = desktop.receipt!
    expect(await receipts.textContent()).toContain(`${file}, record ${record}, ${field}`)
    await page.keyboard.press('Enter')
    expect(await page.locator('.receipts').count()).toBe(0)
  })

  it('works with JavaScript off: the most urgent rows, and all endpoints as text', async () => {
    const { page, messages } = await browser.open(content, { javaScriptEnabled: false })
    expect(await page.locator('#endpoint-rows tr').count()).toBe(100)
    expect(await page.locator('#endpoint-controls').isVisible()).toBe(false)
    expect(await page.locator('#endpoint-count').textContent()).toContain('The first 100 of 420 endpoints')
    await page.click('#endpoint-text summary')
    const text = (await page.locator('.endpoint-lines').allTextContents()).join('')
    expect(text.split('\n').filter((line) => /^[^\t]/.test(line))).toHaveLength(420)
    expect(messages).toEqual([])
  })

  it.each(['light', 'dark'] as const)('has nothing for axe to find in %s', async (colorScheme) => {
    const { page } = await browser.open(content, { colorScheme, bypassCSP: true })
    await page.locator('.receipts-button').first().click()
    for (const summary of await page.locator('summary').all()) await summary.click()
    await page.addScriptTag({
      content: readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
    })
    const results = await page.evaluate<AxeResults>('axe.run()')
    expect(results.passes.length).toBeGreaterThan(30)
    expect(results.passes.map(({ id }) => id)).toContain('color-contrast')
    expect(results.violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([])
  })

  it.each([320, 380, 1280, 2000])('never gets wider than a screen of %d', async (width) => {
    const { page } = await browser.open(content, { width })
    expect(await page.locator('html').evaluate((root) => root.scrollWidth)).toBe(width)
  })

  it.each(['A4', 'Letter'])('prints on %s without its controls', async (format) => {
    const { page } = await browser.open(content, { colorScheme: 'dark' })
    const printed = await page.pdf({ format })
    expect(printed.length).toBeGreaterThan(50_000)
    await page.emulateMedia({ media: 'print' })
    for (const id of ['endpoint-controls', 'endpoint-pages', 'endpoint-text'])
      expect(await page.locator(`#${id}`).isVisible()).toBe(false)
    expect(await page.locator('.contents').isVisible()).toBe(false)
    expect(await page.locator('#endpoint-count').isVisible()).toBe(true)
    expect(
      await page
        .locator('body')
        .evaluate((body) => body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor),
    ).toBe('rgb(255, 255, 255)')
  })

  it('shows, finds and sorts fifty thousand endpoints', async () => {
    const { page, messages } = await browser.open(await reportHtml(reportView(), manyEndpoints(50_000)))
    expect(await page.locator('#endpoint-count').textContent()).toBe(
      '1 to 100 of 50,000 endpoints, the most urgent first.',
    )
    await search(page, 'sn049999')
    expect(await page.locator('#endpoint-rows tr').count()).toBe(1)
    await page.click('#endpoint-reset')
    await settled(page)
    await page.locator('.sort').first().click()
    await settled(page)
    const first = await column(page, 1)
    await page.locator('.sort').first().click()
    await settled(page)
    expect(await column(page, 1)).not.toEqual(first)
    await page.click('#endpoint-last')
    expect(await page.locator('#endpoint-page').textContent()).toBe('Page 500 of 500')
    expect((await column(page, 1)).reverse()).toEqual(first)
    expect(messages).toEqual([])
  })
})
