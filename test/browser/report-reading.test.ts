import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { urgentFirst } from '../../src/readiness/verdict.js'
import { manyEndpoints } from '../builders/many-endpoints.js'
import { reportHtml } from '../builders/report-page.js'
import { reportedEndpoints, reportView } from '../builders/report-view.js'
import { browserFile, ReportBrowser } from './browser.js'

const browser = new ReportBrowser()
const endpoints = reportedEndpoints()
const content = await reportHtml(reportView(), endpoints)
afterAll(() => browser.close())

const settled = (page: Page) => page.waitForSelector('#endpoint-table:not([aria-busy])')
const countOf = (page: Page) => page.locator('#endpoint-count').textContent()
const widthsOf = (page: Page, selector: string): Promise<{ inner: number; outer: number }> =>
  page.locator(selector).evaluate((table) => ({ inner: table.scrollWidth, outer: table.parentElement.clientWidth }))

async function sortBy(page: Page, at: number): Promise<string[]> {
  await page.locator('#endpoint-table thead th').nth(at).locator('button').click()
  await settled(page)
  return page
    .locator(`#endpoint-rows tr > :nth-child(${at + 1})`)
    .evaluateAll((cells) => cells.map((cell) => cell.firstChild?.textContent ?? ''))
}

describe.skipIf(browserFile === undefined)('reading the report in a browser', () => {
  it('never shows a filter that is not applied, after going away and back', async () => {
    const { page } = await browser.open(content)
    await page.selectOption('#endpoint-state', { label: 'ready' })
    await page.fill('#endpoint-search', 'windows')
    await page.locator('#endpoint-count', { hasText: 'found' }).waitFor()
    await page.goto('about:blank')
    await page.goBack()
    await page.waitForSelector('html[data-ready]')
    await settled(page)
    expect(await page.inputValue('#endpoint-state')).toBe('')
    expect(await page.inputValue('#endpoint-search')).toBe('')
    expect(await countOf(page)).toBe('1 to 100 of 420 endpoints, the most urgent first.')
  })

  it('applies whatever its controls show when it is shown again', async () => {
    const { page } = await browser.open(content)
    await page.locator('#endpoint-state').evaluate((select) => {
      select.selectedIndex = 1
      select.ownerDocument.defaultView.dispatchEvent(new Event('pageshow'))
    })
    await page.locator('#endpoint-count', { hasText: 'found' }).waitFor()
    expect(await page.locator('#endpoint-rows .state-upgrade').count()).toBeGreaterThan(10)
    expect(await page.locator('#endpoint-rows .state:not(.state-upgrade)').count()).toBe(0)
  })

  it('keeps the columns in sight beside a name without a blank', async () => {
    const [first, ...others] = endpoints.filter(({ state }) => state === 'upgrade')
    const long = { ...first!, serial: 'S'.repeat(150), hostname: 'h'.repeat(150), department: 'd'.repeat(150) }
    const page1 = await browser.open(await reportHtml(reportView(), [long, ...others]))
    const { inner, outer } = await widthsOf(page1.page, '#endpoint-table')
    expect(inner).toBeLessThanOrEqual(Math.max(outer, 960))
    for (const head of await page1.page.locator('#endpoint-table thead th').all())
      expect((await head.boundingBox())!.width).toBeGreaterThan(45)
  })

  it('shows and finds the id of an endpoint that shares its serial number', async () => {
    const [one] = endpoints.filter(({ state, serial, id }) => state === 'upgrade' && serial === id)
    const sharing = ['intune:1111', 'intune:2222'].map((id) => ({ ...one!, id, serial: 'SHARED-1' }))
    const { page } = await browser.open(await reportHtml(reportView(), sharing))
    expect(await page.locator('#endpoint-rows .identity').allTextContents()).toEqual([
      'SHARED-1, id intune:1111',
      'SHARED-1, id intune:2222',
    ])
    await page.fill('#endpoint-search', 'intune:2222')
    await page.locator('#endpoint-count', { hasText: 'found' }).waitFor()
    expect(await page.locator('#endpoint-rows tr').count()).toBe(1)
    await page.locator('.receipts-button').click()
    expect(await page.locator('.receipts').textContent()).toContain('id for fleet explain: intune:2222')
  })

  it('prints the numbers of the charts, and what was chosen in the controls', async () => {
    const { page } = await browser.open(content)
    await page.selectOption('#endpoint-state', { label: 'ready' })
    await page.fill('#endpoint-search', 'windows')
    await page.locator('#endpoint-count', { hasText: 'found' }).waitFor()
    await sortBy(page, 4)
    expect(await page.locator('#endpoint-printed').isVisible()).toBe(false)
    await page.emulateMedia({ media: 'print' })
    const printed = await page.locator('#endpoint-printed').innerText()
    expect(printed).toContain('Chosen: state ready, search for “windows”; sorted by Claude Desktop, ascending.')
    expect(printed).toMatch(/\d+ of 420 are printed here: all endpoints are in the file\.$/)
    expect(await page.locator('.numbers').count()).toBeGreaterThan(4)
    for (const table of await page.locator('.numbers table').all())
      expect((await table.boundingBox())?.height).toBeGreaterThan(20)
    for (const digest of await page.locator('.digests > .digest').all())
      expect((await digest.boundingBox())?.height).toBeGreaterThan(5)
    await page.emulateMedia({ media: 'screen' })
    expect(await page.locator('.numbers table').first().isVisible()).toBe(false)
  })

  it('opens for the printer what only a newer browser prints closed, and closes it again', async () => {
    const { page } = await browser.open(content)
    const open = () => page.locator('.numbers[open]').count()
    const tell = (name: string) =>
      page
        .locator('html')
        .evaluate((root, event) => root.ownerDocument.defaultView.dispatchEvent(new Event(event)), name)
    await page.locator('.numbers summary').first().click()
    await tell('beforeprint')
    expect(await open()).toBe(await page.locator('.numbers').count())
    await tell('afterprint')
    expect(await open()).toBe(1)
  })

  it('has tables of waves and of the trend that fit the page', async () => {
    const { page } = await browser.open(content)
    const waves = await widthsOf(page, '#waves > .scroll > table')
    expect(waves.inner).toBeLessThanOrEqual(waves.outer)
    await page.locator('#trend .numbers summary').click()
    const trend = await widthsOf(page, '#trend .numbers table')
    expect(trend.inner).toBeLessThanOrEqual(Math.max(trend.outer, 1100))
    await page.emulateMedia({ media: 'print' })
    await page.setViewportSize({ width: 700, height: 900 })
    const printed = await widthsOf(page, '#waves > .scroll > table')
    expect(printed.inner).toBeLessThanOrEqual(printed.outer)
  })

  it('stops the keyboard only at what scrolls, and leads past the table', async () => {
    const { page } = await browser.open(content)
    const stops = () =>
      page.locator('.scroll').evaluateAll((regions) =>
        regions
          .filter(({ clientWidth }) => clientWidth > 0)
          .map((region) => ({
            scrolls: region.scrollWidth > region.clientWidth || region.scrollHeight > region.clientHeight,
            isStop: region.tabIndex === 0,
            role: region.getAttribute('role'),
          })),
      )
    const wide = await stops()
    for (const { scrolls, isStop, role } of wide) {
      expect(isStop).toBe(scrolls)
      expect(role).toBe(scrolls ? 'region' : 'group')
    }
    expect(wide.filter(({ isStop }) => isStop).length).toBeLessThan(5)
    await page.setViewportSize({ width: 380, height: 800 })
    await expect.poll(async () => (await stops()).filter(({ isStop }) => isStop).length).toBeGreaterThan(10)
    for (const { scrolls, isStop } of await stops()) expect(isStop).toBe(scrolls)
    await page.locator('.skip-over a').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await page.locator('#endpoint-text > summary:focus').count()).toBe(1)
    const bare = await browser.open(content, { javaScriptEnabled: false })
    expect(await bare.page.locator('.scroll:not([tabindex="0"])').count()).toBe(0)
  })

  it('keeps marks and bars in forced colours, and gives words the colours of the system', async () => {
    const { page } = await browser.open(content)
    await page.emulateMedia({ forcedColors: 'active' })
    const colours: string[] = await page.locator('html').evaluate((root) => {
      const { getComputedStyle } = root.ownerDocument.defaultView
      const mark = (state: string) =>
        getComputedStyle(root.querySelector(`.state-${state}`), '::before').backgroundColor
      return [mark('ready'), mark('upgrade'), getComputedStyle(root).getPropertyValue('--ink').trim()]
    })
    expect(new Set(colours).size).toBe(3)
    expect(colours[2]).toBe('CanvasText')
    expect(
      await page
        .locator('.states-bar')
        .evaluate((bar) => bar.ownerDocument.defaultView.getComputedStyle(bar).forcedColorAdjust),
    ).toBe('none')
  })

  it('sorts states by urgency and what is missing last, and says how it is sorted', async () => {
    const some = endpoints.filter((_, at) => at % 5 === 0)
    const [one] = some
    const silent = { ...one!, id: 'silent', hostname: 'silent-host', lastSeen: undefined }
    const numbers = ['20260101000000000002', '3', '020260101000000000001'].map((hostname, at) => ({
      ...one!,
      id: `number-${at}`,
      hostname,
    }))
    const { page } = await browser.open(await reportHtml(reportView(), [...some, silent, ...numbers]))
    const states = [...new Set(await sortBy(page, 3))]
    expect(states).toEqual(urgentFirst.filter((state) => states.includes(state as string)))
    expect(await countOf(page)).toContain(', sorted by State, ascending.')
    await sortBy(page, 3)
    expect(await countOf(page)).toContain(', sorted by State, descending.')
    for (let direction = 0; direction < 2; direction++) expect((await sortBy(page, 6)).at(-1)).toBe('none')
    const names = await sortBy(page, 0)
    expect(names.slice(0, 3)).toEqual(['3', '020260101000000000001', '20260101000000000002'])
  })

  it('says in a sentence that there is no endpoint, or none in scope', async () => {
    const { head } = reportView()
    const none = { of: 0, percent: null }
    const coverage = { ...head.coverage, ready: 0, inScope: none, managed: none, active: none, met: false, missing: 0 }
    const { page, messages } = await browser.open(await reportHtml(reportView({ head: { ...head, coverage } }), []))
    expect(await page.locator('#endpoint-table').count()).toBe(0)
    expect(await page.locator('#endpoint-controls').count()).toBe(0)
    expect(await page.locator('#endpoints').innerText()).toContain('The scan counted no endpoint')
    expect(await page.locator('#coverage .bar').count()).toBe(0)
    expect(await page.locator('#coverage .cards').innerText()).toContain('No endpoint is in scope: that is not a pass.')
    expect(messages).toEqual([])
  })

  it('has summaries large enough to hit, and copies rows without their buttons', async () => {
    const { page } = await browser.open(content)
    for (const summary of await page.locator('summary:visible').all())
      expect((await summary.boundingBox())!.height).toBeGreaterThanOrEqual(24)
    const copied = await page.locator('#endpoint-rows').evaluate((rows) => {
      const selection = rows.ownerDocument.defaultView.getSelection()
      selection.selectAllChildren(rows)
      return selection.toString()
    })
    expect(copied).toContain('\t')
    expect(copied).not.toContain('Receipts')
  })

  it('goes on living while it searches and sorts fifty thousand endpoints', async () => {
    const { page } = await browser.open(await reportHtml(reportView(), manyEndpoints(50_000)))
    // On a slow machine, so that every task would be a long one.
    const session = await page.context().newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: 6 })
    const ticksDuring = (act: string): Promise<number> =>
      page.locator('html').evaluate(async (root, what) => {
        const table = root.ownerDocument.getElementById('endpoint-table')
        const choice = root.ownerDocument.getElementById('endpoint-state')
        let ticks = 0
        const heart = setInterval(() => ticks++, 0)
        if (what === 'sort') table.querySelector('.sort').click()
        else {
          root.ownerDocument.getElementById('endpoint-search').value = 'no such text e 1 a'
          choice.dispatchEvent(new Event('change'))
        }
        while (table.hasAttribute('aria-busy')) await new Promise((resolve) => setTimeout(resolve))
        clearInterval(heart)
        return ticks
      }, act)
    expect(await ticksDuring('sort')).toBeGreaterThan(5)
    expect(await ticksDuring('search')).toBeGreaterThan(1)
  }, 120_000)
})
