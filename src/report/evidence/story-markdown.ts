import { markdownList, markdownTable } from '../../platform/markdown-table.js'
import { codeSpan, markdownText } from '../../platform/markdown-text.js'
import type { ContentValue, StoryDocument } from '../../telemetry/story/story-document.js'
import { someOf } from '../plan-words.js'
import { countText } from '../words.js'
import { headFacts, noteText, strangeText, totalRows } from './story-lines.js'

/** The story for an incident ticket, in GitHub-flavoured Markdown; nothing from the data can become markup or a link. */
export function storyMarkdown(story: StoryDocument): string {
  const [title = '', ...facts] = headFacts(story)
  const { strange, input, from, moreFrom, content, commonContent } = story
  const sections = [
    `# ${markdownText(title)}`,
    markdownList(facts.map(markdownText)),
    ...(input.problems.length > 0
      ? [
          '**Part of the input could not be read: the story may be incomplete.**',
          markdownList(input.problems.map(({ file, message }) => `${markdownText(file)}: ${markdownText(message)}`)),
        ]
      : []),
    ...(strange.length > 0
      ? ['## Strange', markdownList(strange.map((thing) => markdownText(strangeText(thing))))]
      : []),
    '## In all',
    markdownTable(
      ['What', 'How much'],
      totalRows(story).map((row) => row.map(markdownText)),
    ),
    ...(from.length > 0
      ? [
          '## From',
          markdownTable(
            ['Attribute', 'Value'],
            from.map(({ name, values, more }) => [
              markdownText(name),
              `${values.map(markdownText).join('<br>')}${more > 0 ? `<br>and ${countText(more)} more` : ''}`,
            ]),
          ),
          ...(moreFrom > 0 ? [`And ${countText(moreFrom)} more attributes.`] : []),
        ]
      : []),
    '## What happened',
    timeline(story),
    ...(commonContent.length > 0
      ? ['On every record:', markdownList(commonContent.map((value) => contentMarkdown(value)))]
      : []),
    content.shown
      ? `Content is shown as it arrived, at most ${countText(content.limit)} characters of each value.`
      : 'Content is not shown.',
    `Made by \`fleet evidence ${story.kind}\` from ${someOf(input.files.map(codeSpan), 5)}.`,
  ]
  return `${sections.join('\n\n')}\n`
}

function timeline({ entries }: StoryDocument): string {
  const rows = entries.map((entry) => {
    if (entry.type !== 'record') return ['', '', `**${markdownText(noteText(entry))}**`]
    const content = entry.content.map((value) => `<br>${contentMarkdown(value)}`).join('')
    return [
      entry.at === undefined ? '–' : entry.at.replace('T', ' ').replace('Z', ''),
      entry.sequence === undefined ? '–' : String(entry.sequence),
      `${markdownText(entry.text)}${content}`,
    ]
  })
  return markdownTable(['Time (UTC)', 'Number', 'What'], rows)
}

function contentMarkdown({ name, characters, redacted, text }: ContentValue): string {
  if (redacted) return `${markdownText(name)} (left out by the client)`
  const length = `${countText(characters)} ${characters === 1 ? 'character' : 'characters'}`
  if (text === undefined) return `${markdownText(name)} (${length}, not shown)`
  const cut = text.length < characters ? ` … (${length} in all)` : ''
  return `${markdownText(name)}: ${markdownText(text)}${cut}`
}
