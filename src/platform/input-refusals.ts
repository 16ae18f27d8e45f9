import { exitCode, Failure } from './failure.js'

/** Every refusal: what is wrong and what to do; `{limit}` becomes the limit that was passed. */
const refusals = {
  'input-not-found': ['There is no such file or folder.', 'Check the path; put quotes around blanks.'],
  'input-unreadable': ['It cannot be read.', 'Check its permissions, or copy it to a local disk.'],
  'input-not-a-file': [
    'It is a pipe, socket or device, not a file.',
    'Save the data as a file and give its path; fleet scan also reads what is piped in, as "-".',
  ],
  'input-empty': ['It is empty.', 'Export it again: 0 bytes are an export that failed.'],
  'input-too-large': ['It is larger than the limit of {limit} bytes.', 'Export fewer devices at a time.'],
  'input-changed': ['The file changed while it was read.', 'Wait until the export is complete.'],
  'folder-empty': ['The folder holds no files to read.', 'Give the folder the exports were saved in.'],
  'folder-too-large': [
    'The folder holds more than the limit of {limit} files.',
    'Give only the folder of the exports.',
  ],
  'stdin-terminal': ['Nothing is piped into stdin.', 'Pipe an export in, or give its path.'],
  'stdin-archive': ['A ZIP archive cannot be read from stdin.', 'Save it as a file and give its path.'],
  'archive-damaged': ['The archive is damaged, cut off or of an unknown kind.', 'Download or copy it again.'],
  'archive-empty': ['The archive holds no files to read.', 'Download the export again.'],
  'archive-encrypted': ['The archive is encrypted.', 'Unpack it and give the files inside.'],
  'archive-method': ['It is compressed in a way that is not supported.', 'Unpack it and give the files inside.'],
  'archive-nested': ['It is an archive inside an archive.', 'Unpack it and give the files inside.'],
  'archive-ratio': [
    'It inflates to more than {limit} times its size, the limit.',
    'Unpack it yourself, if you trust it.',
  ],
  'archive-too-large': ['It inflates to more than the limit of {limit} bytes.', 'Unpack it yourself, if you trust it.'],
  'archive-too-many': ['It holds more than the limit of {limit} entries.', 'Unpack it yourself, if you trust it.'],
  'archive-unsafe': ['It holds a link, a name that leads out of it, or one name twice.', 'Unpack it, if you trust it.'],
} as const satisfies Record<string, readonly [message: string, tryThis: string]>

export function refuse(name: string, code: keyof typeof refusals, limit?: number): Failure {
  const [message, tryThis] = refusals[code]
  const details = { where: { file: name }, tryThis: [tryThis] }
  return new Failure(exitCode.inputRefused, code, message.replace('{limit}', String(limit)), details)
}

/** A system error as a fixed text: the system's own message quotes paths. Anything else is a fault of ours. */
export function asFailure(name: string, error: unknown): Failure {
  if (error instanceof Failure) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('Z_')) return refuse(name, 'archive-damaged')
  if (/^(?:ENOENT|ENOTDIR|ENAMETOOLONG|ERR_INVALID_ARG_VALUE)$/.test(code)) return refuse(name, 'input-not-found')
  if (/^(?:ENXIO|ENODEV|EOPNOTSUPP)$/.test(code)) return refuse(name, 'input-not-a-file')
  if (/^E[A-Z0-9]+$/.test(code)) return refuse(name, 'input-unreadable')
  throw error
}
