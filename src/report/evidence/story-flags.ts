import { Flags } from '@oclif/core'
import { clickhouseFlags } from './clickhouse-flags.js'
import { contentCharacters, storyFormats } from './story-run.js'

/** What the commands that tell a story say of what they read and show. */
export const storyHelp = `Reads OTLP JSON lines as the Collector's file exporter writes them (also gzip and zstd), folders, stdin, or its tables in ClickHouse. Gaps in the numbers, records that came twice, a clock that jumps, and more than one person, machine or version are called out. Whether a record that is missing was filtered or lost cannot be told.

Content, such as prompts, answers and tool parameters, is shown only with --content, and at most ${contentCharacters} characters of each value; attributes that nobody has documented count as content, and so does a text where a name or a code should stand. Who, where and which tools is always shown: treat the story like the telemetry itself.`

/** Their flags. */
export const storyFlags = {
  content: Flags.boolean({ description: 'Show prompts, answers and parameters where they have arrived.' }),
  format: Flags.string({ description: 'Form of the result; default text.', options: [...storyFormats] }),
  output: Flags.string({
    char: 'o',
    description: 'Also write the story to a file, in the form of --format, else of its ending, else Markdown.',
    helpValue: 'FILE',
  }),
  policy: Flags.string({
    description: 'Policy file that says which attributes name an endpoint; default fleet.yaml.',
    helpValue: 'FILE',
  }),
  ...clickhouseFlags,
}
