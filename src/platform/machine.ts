/** The platforms whose machines can be looked at. */
export type MachinePlatform = 'macos' | 'linux' | 'windows'

/** Somebody with a home folder on the machine. */
export interface MachineUser {
  /** The numeric user id, or the SID on Windows. */
  readonly id: number | string
  readonly home: string
}

/** What a path is; a link is not followed. */
export interface FileLook {
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly size: number
  /** Last change of the content, in seconds since 1970 UTC. */
  readonly modified: number
  /** When the file was put there: the change time of its inode, or its creation on Windows; seconds since 1970 UTC. */
  readonly placed: number
  /** Numeric owner; 0 on Windows, where rights are lists. */
  readonly owner: number
  /** Permission bits; 0 on Windows. */
  readonly mode: number
}

/** The content of a file, or why there is none. */
export type FileRead =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Not there; not to be read by us; no regular file; of another owner than asked for; longer than asked for. */
  | { readonly kind: 'absent' | 'denied' | 'not-a-file' | 'foreign' | 'too-large' }

export interface ReadLimits {
  /** Bytes; a longer file is `too-large`, unless only its end is asked for. */
  readonly most: number
  /** Read this many bytes of the end, instead of refusing a longer file. */
  readonly end?: boolean | undefined
  /** The file must belong to this user: as root, files of users are hostile. */
  readonly owner?: MachineUser['id'] | undefined
}

/** One running process. */
export interface MachineProcess {
  /** Start, in seconds since 1970 UTC. */
  readonly started: number
  /** The program and its arguments, as the system tells them. */
  readonly command: string
}

/** A Windows package (MSIX). */
export interface AppPackage {
  readonly version: string
  readonly folder: string
  /** Registered for at least one user; otherwise only staged. */
  readonly registered: boolean
}

/**
 * A machine that is looked at: this one, or a folder that stands for one in tests. Everything only reads. Paths are
 * absolute, as the platform writes them. Where the platform cannot tell, the answer is undefined, and unknown.
 */
export interface Machine {
  readonly platform: MachinePlatform
  /** Whether files of all users can be read. */
  readonly administrator: boolean
  /** The numeric id that files of the system belong to; 0. */
  readonly administratorId: number
  /** Seconds since 1970 UTC. */
  readonly now: number
  /** All users of the machine when we are its administrator, otherwise the one we are; ordered by home. */
  users(): Promise<readonly MachineUser[]>
  /** Undefined where nothing is, or it cannot be seen. */
  look(path: string): Promise<FileLook | undefined>
  /** Opens without following a link in the last place and without waiting for a writer, then looks at what is open. */
  read(path: string, limits: ReadLimits): Promise<FileRead>
  /** Names in a folder, in order, at most `most`; undefined where there is no folder or it cannot be read. */
  names(path: string, most: number): Promise<readonly string[] | undefined>
  /** Where a link leads, as it is written. */
  linkTarget(path: string): Promise<string | undefined>
  /** Whether the file could be changed by somebody who is no administrator; undefined where that is not known. */
  isWritableByUsers(path: string): Promise<boolean | undefined>
  processes(): Promise<readonly MachineProcess[] | undefined>
  /** Windows: a text value of a key below `HKLM` or, for one user, `HKCU`. */
  registryText(hive: 'HKLM' | MachineUser, key: string, name: string): Promise<string | undefined>
  /** Windows: the packages of this name; undefined where that is not known. */
  packages(name: string): Promise<readonly AppPackage[] | undefined>
}
