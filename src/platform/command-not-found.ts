import type { Hook } from '@oclif/core'
import { exitCode } from './failure.js'
import { errorText } from './fleet-command.js'
import { nearestTexts } from './nearest-text.js'
import { safeJson, safeText } from './safe-text.js'

/** Names the nearest command; never runs a guess. */
const commandNotFound: Hook.CommandNotFound = async ({ id, argv, config }) => {
  process.exitCode = exitCode.usage
  const typed = id.replaceAll(':', ' ')
  const [nearest] = nearestTexts(
    typed,
    config.commands.map((command) => command.id.replaceAll(':', ' ')),
  )
  const message = `There is no command ${safeText(typed.slice(0, 80))}.`
  const tryThis = [nearest === undefined ? 'fleet help lists the commands.' : `Did you mean: fleet ${nearest}`]
  if (argv?.includes('--json'))
    process.stdout.write(
      `${safeJson({ error: { code: 'unknown-command', message, tryThis, exit: exitCode.usage } }, 2)}\n`,
    )
  else process.stderr.write(errorText({ message, tryThis }))
}

export default commandNotFound
