import { Flags } from '@oclif/core'
import { exitCode } from '../src/platform/failure.js'
import { exitCodesHelp, FleetCommand } from '../src/platform/fleet-command.js'
import { withCleanUp } from '../src/platform/on-signal.js'
import { thisMachine } from '../src/platform/this-machine.js'
import { findPolicy, type LoadedPolicy, loadPolicy } from '../src/policy/load-policy.js'
import { askDrill } from '../src/report/ask-drill.js'
import { drillJson, drillText } from '../src/report/drill-text.js'
import { selftestJson, selftestLine, selftestText } from '../src/report/selftest-text.js'
import { leaveTerminal, runTasks, taskDisplay } from '../src/report/tasks.js'
import { terminalLook } from '../src/report/terminal-look.js'
import { drillExit } from '../src/selftest/drill/drill-document.js'
import { defaultTimeoutSeconds, runDrill } from '../src/selftest/drill/run-drill.js'
import { prepareSelftest } from '../src/selftest/run-selftest.js'

export default class Selftest extends FleetCommand {
  static override summary = 'Say whether the policy really works on this workstation'
  static override description =
    `Looks at this machine, stage by stage: are the settings and hooks of the policy installed, have the apps loaded them, was a hook invoked, did it decide, and does telemetry arrive. A stage is proven, contradicted, unknown or not applicable; none is proved by the one before it. For each thing that is wrong it says what to do.

It reads only, and writes nothing. As an administrator (sudo) it looks at all users of the machine, otherwise only at the one it runs as. It connects only with --connect, and only to the collector that the policy names, through the proxy that is set for clients: name, port, proxy, certificate, then one empty request with the headers that clients send. Headers are sent only where the certificate is trusted.

With --drill it starts the installed Claude Code once, in a throw-away home and under the managed settings of this machine, against a stand-in for the model on this machine: no tokens, nothing of yours. That shows whether the hook is really invoked, whether the call is denied or allowed as the policy says, and whether telemetry is emitted with the right attributes. Where managed settings name a collector, the client sends the events of the drill there; it says so before it asks, and nothing of the client runs before you agree. Nothing is left behind; only on Windows nobody can tell whether a program that the client started still runs.

${exitCodesHelp} Here 3 is a stage that is contradicted, and 8 a required stage that is unknown: those of probe.requires in the policy (installed, unless it says otherwise), and recorded with --connect. With --line it is 0 whenever the machine could be looked at: MDMs take anything else for a broken script.`
  static override usage = [
    '<%= command.id %> [--policy FILE] [--connect] [--line | --json]',
    '<%= command.id %> --drill [--yes] [--client PATH] [--timeout SECONDS] [--policy FILE] [--json]',
  ]
  static override examples = [
    { description: 'All users of this machine', command: 'sudo <%= config.bin %> <%= command.id %>' },
    { description: 'Also ask the collector', command: '<%= config.bin %> <%= command.id %> --connect' },
    {
      description: 'The line that an MDM keeps, as a script of it',
      command: '<%= config.bin %> <%= command.id %> --policy /etc/fleet/fleet.yaml --line',
    },
    { description: 'A live session, without tokens', command: '<%= config.bin %> <%= command.id %> --drill' },
  ]
  static override flags = {
    policy: Flags.string({ description: 'Policy file; default fleet.yaml.', helpValue: 'FILE' }),
    connect: Flags.boolean({ description: 'Connect to the collector and send it an empty request.' }),
    line: Flags.boolean({ description: 'Print only the probe line.', exclusive: ['json'] }),
    drill: Flags.boolean({
      description: 'Run one live session of the installed Claude Code against a stand-in for the model.',
      exclusive: ['connect', 'line'],
      helpGroup: 'DRILL',
    }),
    yes: Flags.boolean({ description: 'Do not ask before the drill.', dependsOn: ['drill'], helpGroup: 'DRILL' }),
    client: Flags.string({
      description: 'The Claude Code to drill with; default the one that is installed.',
      helpValue: 'PATH',
      dependsOn: ['drill'],
      helpGroup: 'DRILL',
    }),
    timeout: Flags.integer({
      description: `How long the drill may take, in seconds. Default ${defaultTimeoutSeconds}.`,
      helpValue: 'SECONDS',
      min: 5,
      max: 600,
      dependsOn: ['drill'],
      helpGroup: 'DRILL',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Selftest)
    const loaded = await loadPolicy(flags.policy ?? (await findPolicy(['.'])))
    if (flags.drill) return await this.drill(flags, loaded)
    const { connect, line } = flags
    const selftest = prepareSelftest({ loaded, machine: thisMachine(), connect, environment: process.env })
    const display = taskDisplay(line || (flags.json ?? false))
    await withCleanUp(() => runTasks(selftest.steps, display), leaveTerminal)
    const result = selftest.result()
    if (line) await this.print(selftestLine(result))
    else await this.print(flags.json ? selftestJson(result) : selftestText(result, terminalLook()))
    this.endWith(line ? exitCode.ok : result.exit)
    // Everything has been written; a look-up that DNS never answers would hold the program for half a minute.
    if (result.connection?.isLookingUp) process.exit()
  }

  private async drill(
    flags: { json?: boolean; yes: boolean; client?: string | undefined; timeout?: number | undefined },
    { policy, file }: LoadedPolicy,
  ): Promise<void> {
    const document = await runDrill({
      machine: thisMachine(),
      policy: file === undefined ? undefined : policy,
      client: flags.client,
      timeoutSeconds: flags.timeout,
      yes: flags.yes,
      announce: (lines) => {
        for (const text of lines) this.note(text)
      },
      agree: process.stdin.isTTY && process.stderr.isTTY ? askDrill : undefined,
    })
    await this.print(flags.json ? drillJson(document) : drillText(document, terminalLook()))
    this.endWith(drillExit(document))
  }
}
