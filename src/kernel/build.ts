import { readFile, writeFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'

/** Each kernel: its source in assembly/, the module that carries it compiled, and the name of what that exports. */
const kernels = {
  csv: { module: 'csv-kernel-binary.ts', constant: 'CSV_KERNEL_BASE64' },
  otlp: { module: 'otlp-kernel-binary.ts', constant: 'OTLP_KERNEL_BASE64' },
} as const
export type KernelName = keyof typeof kernels

// biome-ignore format: a flag and its value belong on one line
const flags = (name: KernelName) => [
  `${name}.ts`,
  '--outFile', `${name}.wasm`,
  '-O3', '--converge', '--noAssert',
  '--enable', 'simd',
  '--runtime', 'stub',
  '--initialMemory', '1',
]

/** Compiles a kernel from its assembly source. The same source gives the same bytes. */
export async function compileKernel(name: KernelName): Promise<Uint8Array> {
  const { main } = await import('assemblyscript/asc')
  const source = await readFile(new URL(`./assembly/${name}.ts`, import.meta.url), 'utf8')
  let binary: Uint8Array | undefined
  const { error, stderr } = await main(flags(name), {
    readFile: (file) => (file === `${name}.ts` ? source : null),
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') binary = contents
    },
    listFiles: () => [],
  })
  if (error !== null || binary === undefined) throw new Error(`asc could not compile the kernel:\n${stderr.toString()}`)
  return binary
}

export const compileCsvKernel = () => compileKernel('csv')

/** The committed module that carries a compiled kernel, so that neither users nor tests need the compiler. */
export function renderKernelModule(name: KernelName, binary: Uint8Array): string {
  return [
    `// Made by \`npm run kernel\` from assembly/${name}.ts: change that, not this.`,
    '',
    '/** The compiled kernel, as base64. */',
    '// biome-ignore format: one generated value',
    `export const ${kernels[name].constant} = '${Buffer.from(binary).toString('base64')}'`,
    '',
  ].join('\n')
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of Object.keys(kernels) as KernelName[]) {
    const target = new URL(`./${kernels[name].module}`, import.meta.url)
    await writeFile(target, renderKernelModule(name, await compileKernel(name)))
  }
}
