import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'

/** The browser of this machine, or the one that is named; undefined where there is none. */
export const browserFile = [process.env.FLEET_CHROMIUM, '/usr/bin/chromium'].find(
  (file) => file !== undefined && file !== '' && existsSync(file),
)

if (browserFile === undefined)
  console.warn('SKIPPED: no browser. Install Chromium as /usr/bin/chromium, or name one in FLEET_CHROMIUM.')

/** What a page did that a report must not do. */
export interface Misdeeds {
  /** Whatever was written to the console, and every error that nobody caught. */
  readonly messages: string[]
  /** Addresses asked for, without the file itself. */
  readonly requests: string[]
}

export interface OpenedReport extends Misdeeds {
  readonly page: Page
}

export interface OpenOptions {
  readonly javaScriptEnabled?: boolean
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
  /** For axe, which is put into the page: the policy of the page would not let it in. */
  readonly bypassCSP?: boolean
}

/** A browser of its own, with an empty profile, that opens reports from files. */
export class ReportBrowser {
  readonly #folder = mkdtempSync(join(tmpdir(), 'fleet-browser-'))
  #browser: Promise<Browser> | undefined

  async open(content: string, { width = 1280, ...options }: OpenOptions = {}): Promise<OpenedReport> {
    const file = join(mkdtempSync(join(this.#folder, 'page-')), 'report.html')
    writeFileSync(file, content)
    // Without a folder named for it, the browser is given an empty one, which goes with it.
    this.#browser ??= chromium.launch({
      executablePath: browserFile!,
      headless: true,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ],
    })
    const page = await (await this.#browser).newPage({ viewport: { width, height: 900 }, ...options })
    const misdeeds: Misdeeds = { messages: [], requests: [] }
    page.on('console', (message) => misdeeds.messages.push(message.text()))
    page.on('pageerror', (error) => misdeeds.messages.push(error.message))
    const address = pathToFileURL(file).href
    page.on('request', (request) => {
      if (request.url() !== address) misdeeds.requests.push(request.url())
    })
    await page.goto(address)
    if (options.javaScriptEnabled !== false) await page.waitForSelector('html[data-ready]', { timeout: 60_000 })
    return { page, ...misdeeds }
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
