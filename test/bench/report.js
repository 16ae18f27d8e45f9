// fleet report as one HTML page, and how it does in a browser.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { exportDay, generate } from './generate.js'

/** Measures writing the page, opening it, searching and sorting. `bench` is what run.js measures with. */
export async function measureReport(devices, runs, bench) {
  const { folder, fleetProgram, run, summary, print, printTable, number, seconds } = bench
  const { exports, root: cwd } = generate({ devices, folder })
  const [scan, page] = [join(folder, 'report-scan.json'), join(folder, 'report.html')]
  const node = (...args) => ({ cwd, command: process.execPath, args: [fleetProgram, ...args] })
  run(node('scan', exports, '--as-of', exportDay, '--output', scan))
  const program = node('report', scan, '--no-history', '--output', page)
  const measured = Array.from({ length: runs }, () => run(program))
  const rows = [{ label: 'fleet report --output report.html', ...summary(measured) }]
  print(
    `## Report: ${number(devices)} devices, ${number(Math.round(statSync(scan).size / 1e6))} MB of scan, ${runs} rounds\n`,
  )
  printTable(rows, statSync(scan).size / 1e6)
  print(`- The page has ${(statSync(page).size / 1e6).toFixed(1)} MB.`)
  const browser = [process.env.FLEET_CHROMIUM, '/usr/bin/chromium'].find((file) => file && existsSync(file))
  if (browser === undefined) {
    print('- No browser (FLEET_CHROMIUM): the page was not opened.\n')
    return { devices, rows }
  }
  const used = await useInBrowser(browser, page)
  for (const { what, time, longestTask } of used)
    print(`- ${what}: ${seconds(time)}; the longest task took ${Math.round(longestTask)} ms.`)
  print('')
  return { devices, rows, used }
}

async function useInBrowser(executablePath, file) {
  const { chromium } = await import('playwright-core')
  const profile = mkdtempSync(join(tmpdir(), 'fleet-bench-profile-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  })
  try {
    const page = await context.newPage()
    await page.addInitScript(() => {
      window.tasks = []
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) window.tasks.push(duration)
      }).observe({ type: 'longtask', buffered: true })
    })
    const used = []
    const measure = async (what, act) => {
      const from = performance.now()
      await act()
      const time = performance.now() - from
      // What took long is told a little later; and this step must not be blamed for the one before.
      const longestTask = await page.evaluate(async () => {
        await new Promise((resolve) => setTimeout(resolve, 200))
        return Math.max(0, ...window.tasks.splice(0))
      })
      used.push({ what, time, longestTask })
    }
    const settled = () => page.waitForSelector('#endpoint-table:not([aria-busy])')
    await measure('opening', async () => {
      await page.goto(pathToFileURL(file).href)
      await page.waitForSelector('html[data-ready]', { timeout: 120_000 })
    })
    await measure('searching', async () => {
      await page.fill('#endpoint-search', '99')
      await page.waitForTimeout(400)
      await settled()
    })
    await measure('sorting by the first column', async () => {
      await page.click('#endpoint-table thead button >> nth=0')
      await settled()
    })
    return used
  } finally {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  }
}
