import { codeSpan, markdownText } from './markdown-text.js'

/** A list; items are Markdown already. */
export function markdownList(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

/** A table of GitHub-flavoured Markdown; cells are Markdown already, on one line each. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/**
 * A value from data in a cell, as a code span where it can be one: a `|` ends the cell even inside a code span, and there
 * no backslash before it can be written (https://github.github.com/gfm/#example-200, 2026-11-21).
 */
export function cellCode(text: string): string {
  return text.includes('|') ? markdownText(text) : codeSpan(text)
}
