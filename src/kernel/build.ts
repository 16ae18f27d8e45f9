import { readFile, writeFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'

// biome-ignore format: a flag and its value belong on one line
const FLAGS = [
  'csv.ts',
  '--outFile', 'csv.wasm',
  '-O3', '--converge', '--noAssert',
  '--enable', 'simd',
  '--runtime', 'stub',
  '--initialMemory', '1',
]

/** Compiles the kernel from its assembly source. The same source gives the same bytes. */
export async function compileCsvKernel(): Promise<Uint8Array> {
  const { main } = await import('assemblyscript/asc')
  const source = await readFile(new URL('./assembly/csv.ts', import.meta.url), 'utf8')
  let binary: Uint8Array | undefined
  const { error, stderr } = await main(FLAGS, {
    readFile: (name) => (name === 'csv.ts' ? source : null),
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') binary = contents
    },
    listFiles: () => [],
  })
  if (error !== null || binary === undefined) throw new Error(`asc could not compile the kernel:\n${stderr.toString()}`)
  return binary
}

/** The committed module that carries the compiled kernel, so that neither users nor tests need the compiler. */
export function renderKernelModule(binary: Uint8Array): string {
  return [
    '// Made by `npm run kernel` from assembly/csv.ts: change that, not this.',
    '',
    '/** The compiled kernel, as base64. */',
    '// biome-ignore format: one generated value',
    `export const CSV_KERNEL_BASE64 = '${Buffer.from(binary).toString('base64')}'`,
    '',
  ].join('\n')
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const target = new URL('./csv-kernel-binary.ts', import.meta.url)
  await writeFile(target, renderKernelModule(await compileCsvKernel()))
}
