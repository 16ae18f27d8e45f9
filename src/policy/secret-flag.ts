import { exitCode, Failure } from '../platform/failure.js'
import { type Environment, resolveSecret, type Secret, SecretReference } from './secret-reference.js'

/** The secret that a flag names by reference. Throws a Failure that never repeats what was given: it may be the secret itself. */
export async function secretOfFlag(flag: string, reference: string, environment: Environment): Promise<Secret> {
  if (SecretReference.safeParse(reference).success) return resolveSecret(reference, environment)
  throw new Failure(exitCode.usage, 'not-a-reference', `${flag} needs a reference, not the secret itself.`, {
    tryThis: [
      'Write env:NAME or file:PATH. What stands on a command line can be read by every user of the machine.',
      'If it was the real secret, change it: it is in the history of the shell.',
    ],
  })
}
