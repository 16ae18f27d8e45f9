import { readPropertyList, writePropertyList } from '../../bundle/formats/property-list.js'
import { platformNames } from '../../bundle/places.js'
import { readPowerShellData, readShellData } from '../../bundle/scripts/data-block.js'
import { fillScriptTemplate } from '../../bundle/scripts/script-template.js'
import { sha256 } from '../../platform/sha256.js'
import { jobPlaces, kitPaths } from './kit-places.js'
import type { KitFile, KitPlan } from './kit-plan.js'
import { powerShellProbe } from './power-shell-probe.js'
import { powerShellFile, shellFile } from './probe-scripts.js'
import { shellProbe } from './shell-probe.js'
import { readTask, task, taskBytes, taskText } from './task-file.js'

/**
 * The probe as a job of the system, which runs it at start and every day and keeps its line: the probe itself, the
 * writer that runs it, the job, and an installer that holds all of them.
 */
export function scheduledProbe(plan: KitPlan): readonly KitFile[] {
  return plan.jobPlatforms.flatMap((platform) =>
    platform === 'macos' ? macosJob(plan) : platform === 'linux' ? linuxJob(plan) : windowsJob(plan),
  )
}

function macosJob(plan: KitPlan): KitFile[] {
  const { probe, writer, line, propertyList, job: jobFile, label } = jobPlaces.macos
  const job = {
    Label: label,
    ProgramArguments: [writer],
    RunAtLoad: true,
    // A Mac that slept at noon runs it when it wakes, unlike with an interval (man launchd.plist).
    StartCalendarInterval: { Hour: 12, Minute: 7 },
    ProcessType: 'Background',
  }
  const jobText = writePropertyList(job)
  const parts = { probe: shellProbe(plan.target('macos'), 'line'), writer: shellWriter('macos'), job: jobText }
  return [
    shellFile(kitPaths.probe('macos'), parts.probe, aboutProbe('macos')),
    shellFile(kitPaths.writer('macos'), parts.writer, aboutWriter(writer)),
    {
      path: kitPaths.launchd,
      content: jobText,
      mode: 0o644,
      about: `Job of launchd: ${jobFile}`,
      readBack: (bytes) => readPropertyList(bytes).value,
      data: job,
    },
    shellInstaller('macos', parts, {
      PROBE_FILE: probe,
      WRITER_FILE: writer,
      LINE_FILE: line,
      PROPERTY_LIST: propertyList,
      JOB_FILE: jobFile,
      JOB_LABEL: label,
    }),
  ]
}

/**
 * The unit may not write to the system, and has no network. `ProtectSystem=full` and not `strict`: under that the
 * folder for temporary files could not be written, and with one of its own the probe would not see what stands in the
 * common one. systemd.exec(5).
 */
const service = `[Unit]
Description=Probe of fleet: is Claude healthy on this machine?

[Service]
Type=oneshot
ExecStart=${jobPlaces.linux.writer}
StateDirectory=fleet
StateDirectoryMode=0755
ProtectSystem=full
ProtectHome=read-only
PrivateNetwork=yes
NoNewPrivileges=yes
Nice=10
TimeoutStartSec=60
`

const timer = `[Unit]
Description=Probe of fleet, at start and every day

[Timer]
OnBootSec=3min
OnCalendar=daily
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
`

const cron = `# Probe of fleet, at start and every day.
SHELL=/bin/sh
PATH=/usr/bin:/bin:/usr/sbin:/sbin
@reboot root ${jobPlaces.linux.writer} >/dev/null 2>&1
7 12 * * * root ${jobPlaces.linux.writer} >/dev/null 2>&1
`

function linuxJob(plan: KitPlan): KitFile[] {
  const { probe, writer, line, ...files } = jobPlaces.linux
  const parts = { probe: shellProbe(plan.target('linux'), 'line'), writer: shellWriter('linux'), service, timer, cron }
  return [
    shellFile(kitPaths.probe('linux'), parts.probe, aboutProbe('linux')),
    shellFile(kitPaths.writer('linux'), parts.writer, aboutWriter(writer)),
    { path: kitPaths.service, content: service, mode: 0o644, about: `Service of systemd: ${files.service}` },
    { path: kitPaths.timer, content: timer, mode: 0o644, about: `Timer of systemd: ${files.timer}` },
    { path: kitPaths.cron, content: cron, mode: 0o644, about: `For machines without systemd: ${files.cron}` },
    shellInstaller('linux', parts, {
      PROBE_FILE: probe,
      WRITER_FILE: writer,
      LINE_FILE: line,
      SERVICE_FILE: files.service,
      TIMER_FILE: files.timer,
      CRON_FILE: files.cron,
    }),
  ]
}

function shellWriter(platform: 'macos' | 'linux'): string {
  const { probe, line } = jobPlaces[platform]
  return fillScriptTemplate('scheduled/write-probe-line.sh', {
    constants: {
      PROBE_FILE: probe,
      LINE_FILE: line,
      PROPERTY_LIST: platform === 'macos' ? jobPlaces.macos.propertyList : '',
    },
    data: {},
  })
}

function shellInstaller(
  platform: 'macos' | 'linux',
  parts: Readonly<Record<string, string>>,
  places: Readonly<Record<string, string>>,
): KitFile {
  const bytes = Object.entries(parts).map(([name, text]): [string, Buffer] => [name.toUpperCase(), Buffer.from(text)])
  return {
    ...shellFile(
      kitPaths.install(platform),
      fillScriptTemplate(`scheduled/install-fleet-probe-${platform}.sh`, {
        constants: {
          ...places,
          ...Object.fromEntries(bytes.map(([name, part]) => [`${name}_DIGEST`, sha256(part)])),
        },
        data: Object.fromEntries(bytes),
      }),
      `Puts the probe and its job on ${platformNames[platform]}; holds the files above`,
    ),
    readBack: (script) =>
      Object.fromEntries(bytes.map(([name]) => [name, readShellData(script, `FLEET_${name}`)?.toString()])),
    data: Object.fromEntries(bytes.map(([name, part]) => [name, part.toString()])),
  }
}

function windowsJob(plan: KitPlan): KitFile[] {
  const { probe, writer, key, value, taskPath, taskName } = jobPlaces.windows
  const line = { LINE_KEY: key, LINE_VALUE: value }
  const parts = {
    Probe: powerShellProbe(plan.target('windows'), 'line'),
    Writer: fillScriptTemplate('scheduled/Write-FleetProbeLine.ps1', {
      constants: { PROBE_FILE: probe, ...line },
      data: {},
    }),
    Task: taskText,
  }
  const bytes = Object.entries(parts).map(([name, text]): [string, Buffer] => [name, Buffer.from(text)])
  return [
    powerShellFile(kitPaths.probe('windows'), parts.Probe, aboutProbe('windows')),
    powerShellFile(kitPaths.writer('windows'), parts.Writer, aboutWriter(writer)),
    {
      path: kitPaths.task,
      content: taskBytes(),
      mode: 0o644,
      about: `Scheduled task ${taskPath}${taskName}, for schtasks /Create /XML`,
      readBack: readTask,
      data: task,
    },
    {
      ...powerShellFile(
        kitPaths.install('windows'),
        fillScriptTemplate('scheduled/Install-FleetProbe.ps1', {
          constants: {
            PROBE_FILE: probe,
            WRITER_FILE: writer,
            ...line,
            TASK_PATH: taskPath,
            TASK_NAME: taskName,
            ...Object.fromEntries(bytes.map(([name, part]) => [`${name.toUpperCase()}_DIGEST`, sha256(part)])),
          },
          data: Object.fromEntries(bytes.map(([name, part]) => [name.toUpperCase(), part])),
        }),
        'Puts the probe and its task on Windows; holds the files above',
      ),
      readBack: (script) =>
        Object.fromEntries(bytes.map(([name]) => [name, readPowerShellData(script, name)?.toString()])),
      data: parts,
    },
  ]
}

function aboutProbe(platform: keyof typeof platformNames): string {
  return `The probe for ${platformNames[platform]}: prints the line, and changes nothing`
}

function aboutWriter(place: string): string {
  return `Runs the probe and keeps its line: ${place}`
}
