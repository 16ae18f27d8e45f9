import { numbered } from '../plan-words.js'
import type { ReportView } from '../view/report-view.js'
import { absentSection } from './absent.js'
import { breakdownSection } from './breakdown.js'
import { chainSection } from './chain.js'
import { checkingSection } from './checking.js'
import { coverageSection, verdictSentence } from './coverage.js'
import { dayText } from './day-text.js'
import { problemsSection } from './document-problems.js'
import type { EndpointList } from './endpoint-list.js'
import { endpointsMarkup } from './endpoints.js'
import { FileNumbers } from './file-numbers.js'
import { gatesSection } from './gates.js'
import { headlines } from './headlines.js'
import { html } from './html.js'
import { type PageFiles, pageFiles } from './page-files.js'
import { diagnosesSection, excludedSection, unknownSection } from './reasons.js'
import type { ReportSection } from './report-section.js'
import { sourcesSection } from './sources.js'
import { telemetrySection } from './telemetry.js'
import { trendSection } from './trend.js'
import { versionsSection } from './versions.js'
import { warningsSection } from './warnings.js'
import { wavesSection } from './waves.js'

/** The whole page, piece by piece: one file without anything to load, for any browser of today. */
export async function reportPage(view: ReportView, list: EndpointList): Promise<Iterable<string>> {
  const { head } = view
  const files = new FileNumbers([
    ...head.sources.map(({ file }) => file),
    ...(head.telemetry === undefined ? [] : [head.telemetry.file]),
  ])
  const before = [
    coverageSection(view),
    problemsSection(view),
    diagnosesSection(view),
    await trendSection(view),
    await breakdownSection(view),
    await versionsSection(view),
    gatesSection(view),
    await chainSection(view),
    telemetrySection(view),
    await wavesSection(view),
  ].filter((section) => section !== undefined)
  const after = [
    unknownSection(view),
    excludedSection(view),
    warningsSection(view, files.of),
    sourcesSection(view, files.of),
    checkingSection(view),
    absentSection(view),
  ].filter((section) => section !== undefined)
  return pieces(view, { before, after, list, files })
}

interface PageParts {
  readonly before: readonly ReportSection[]
  readonly after: readonly ReportSection[]
  readonly list: EndpointList
  readonly files: FileNumbers
}

function* pieces(view: ReportView, { before, after, list, files }: PageParts): Iterable<string> {
  const page = pageFiles()
  const all = [...before, { id: 'endpoints', title: 'Endpoints' }, ...after]
  yield start(view, page, all)
  for (const section of before) yield sectionMarkup(section)
  yield opening('endpoints', 'Endpoints')
  yield* endpointsMarkup(list, files)
  yield '</section>\n'
  for (const section of after) yield sectionMarkup(section)
  yield html`</main>
<footer><p>Made by fleet ${view.fleet} from the scan as of ${view.head.asOf}. This file loads nothing and sends nothing.</p></footer>
`.markup
  yield `<script type="module">${page.script}</script>\n</body>\n</html>\n`
}

/** A target that is met by numbers which may be incomplete is no good news yet. */
const incomplete = new Set(['scan-incomplete', 'scan-files-refused'])

function start(view: ReportView, { style, policy }: PageFiles, all: readonly Pick<ReportSection, 'id' | 'title'>[]) {
  const { organization, asOf, head, problems } = view
  const title = organization === undefined ? 'Fleet readiness' : `Fleet readiness: ${organization}`
  const isDoubtful = problems.some(({ code }) => incomplete.has(code))
  const tone = !head.coverage.met ? 'bad' : isDoubtful ? 'doubt' : 'good'
  const head1 = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="`
  // The quotes of the policy must stay: it holds digests and fixed words only.
  const head2 = html`">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}, ${asOf.slice(0, 10)}</title>
<style>`
  const body = html`</style>
</head>
<body>
<a class="skip" href="#content">Skip to the report</a>
<nav class="contents" aria-label="Contents">
<p>Contents</p>
<ol>
${all.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>\n`)}</ol>
</nav>
<main id="content" tabindex="-1">
<header>
<p class="kicker">Fleet readiness for Claude</p>
<h1>${organization !== undefined && html`<bdi>${organization}</bdi>, `}${dayText(asOf)}</h1>
<p class="sentence sentence-${tone}">${verdictSentence(view)}</p>
${headlines(view)}${problems.length > 0 && html`<p class="sentence sentence-doubt sentence-small"><a href="#problems">Read the doubts about the documents first</a>: ${numbered(problems.length, 'thing')}.</p>\n`}</header>
`
  return `${head1.markup}${policy}${head2.markup}${style}${body.markup}`
}

function opening(id: string, title: string): string {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${title}</h2>
`.markup
}

function sectionMarkup({ id, title, body }: ReportSection): string {
  return `${opening(id, title)}${body.markup}</section>\n`
}
