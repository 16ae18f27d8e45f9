import { readXml, writeXml, type XmlElement } from '../../platform/xml-element.js'
import { jobPlaces } from './kit-places.js'

const text = (name: string, content: string): XmlElement => ({ name, content })
const yes = (name: string) => text(name, 'true')
const no = (name: string) => text(name, 'false')

/**
 * The scheduled task that runs the writer as SYSTEM, at start and every day. Elements and their order:
 * https://learn.microsoft.com/en-us/windows/win32/taskschd/daily-trigger-example--xml- (looked at 2026-11-21).
 */
export const task: XmlElement = {
  name: 'Task',
  attributes: { version: '1.2', xmlns: 'http://schemas.microsoft.com/windows/2004/02/mit/task' },
  content: [
    {
      name: 'RegistrationInfo',
      content: [
        text('Description', 'Runs the probe of fleet, which only reads, and keeps its one line in the registry.'),
        text('URI', `${jobPlaces.windows.taskPath}${jobPlaces.windows.taskName}`),
      ],
    },
    {
      name: 'Triggers',
      content: [
        { name: 'BootTrigger', content: [yes('Enabled'), text('Delay', 'PT3M')] },
        {
          name: 'CalendarTrigger',
          content: [
            // Any day that has been: from then on every day at noon, local time.
            text('StartBoundary', '2026-01-01T12:07:00'),
            yes('Enabled'),
            text('RandomDelay', 'PT1H'),
            { name: 'ScheduleByDay', content: [text('DaysInterval', '1')] },
          ],
        },
      ],
    },
    {
      name: 'Principals',
      content: [
        {
          name: 'Principal',
          attributes: { id: 'Author' },
          content: [text('UserId', 'S-1-5-18'), text('RunLevel', 'HighestAvailable')],
        },
      ],
    },
    {
      name: 'Settings',
      content: [
        text('MultipleInstancesPolicy', 'IgnoreNew'),
        no('DisallowStartIfOnBatteries'),
        no('StopIfGoingOnBatteries'),
        yes('AllowHardTerminate'),
        yes('StartWhenAvailable'),
        no('RunOnlyIfNetworkAvailable'),
        yes('Enabled'),
        no('Hidden'),
        no('RunOnlyIfIdle'),
        no('WakeToRun'),
        text('ExecutionTimeLimit', 'PT5M'),
        text('Priority', '7'),
      ],
    },
    {
      name: 'Actions',
      attributes: { Context: 'Author' },
      content: [
        {
          name: 'Exec',
          content: [
            text('Command', 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'),
            text('Arguments', `-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "${jobPlaces.windows.writer}"`),
          ],
        },
      ],
    },
  ],
}

/** The task as `Register-ScheduledTask -Xml` takes it: a text, whose encoding is that of .NET. */
export const taskText = writeXml(task, 'UTF-16')

/** The same for `schtasks /Create /XML`, which reads UTF-16 little endian with its mark and Windows line ends. */
export function taskBytes(): Uint8Array {
  return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(taskText.replaceAll('\n', '\r\n'), 'utf16le')])
}

/** What a reader of the file sees. Throws where it is not UTF-16 with its mark, or no XML. */
export function readTask(bytes: Uint8Array): XmlElement {
  if (bytes[0] !== 0xff || bytes[1] !== 0xfe) throw new Error('The task has no UTF-16 mark.')
  return readXml(new TextDecoder('utf-16le', { fatal: true }).decode(bytes))
}
