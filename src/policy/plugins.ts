import * as z from 'zod'
import { Name } from './name.js'
import { writeInQuotes } from './policy-texts.js'

const slug = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/
const Identifier = z.string().regex(slug, { error: 'must be letters, digits, . _ or -' })
const Reference = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/, { error: 'is not a branch, tag or commit' })
const Path = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'holds a control character or line break' })

/** Where a marketplace comes from; `ref` pins it. */
const MarketplaceSource = z.union(
  [
    z.strictObject({
      github: z.string().regex(/^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}$/, { error: 'must be owner/repository' }),
      ref: Reference.optional(),
      path: Path.optional(),
    }),
    z.strictObject({
      git: z
        .string()
        .max(500)
        .regex(/^(?:(?:https|ssh):\/\/[^\s/]+\/|git@[^\s/:]+:)[\x21-\x7e]+$/, {
          error:
            'must be an https or ssh address with the path of a repository, such as https://git.example.com/team/plugins.git',
        }),
      ref: Reference.optional(),
      path: Path.optional(),
    }),
    z.strictObject({
      url: z
        .string()
        .max(500)
        .regex(/^https:\/\/[\x21-\x7e]+$/, { error: 'must be an https address' }),
    }),
  ],
  { error: 'takes one of github, git, url; ref and path go with github and git' },
)
export type MarketplaceSource = z.infer<typeof MarketplaceSource>

const ApprovedPlugin = z.strictObject({
  /** `plugin@marketplace`. */
  plugin: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: 'must be plugin@marketplace' }),
  version: z
    .string({ error: writeInQuotes('such as "2.1.0"') })
    .regex(/^\d[A-Za-z0-9._+-]{0,99}$/, { error: 'is not a version: it begins with a digit, such as 2.1.0' })
    .optional(),
  /** Who answers for it. */
  owner: Name.optional(),
  /** True: installed and switched on everywhere; false: allowed, nothing more. */
  forced: z.boolean().default(true),
})
export type ApprovedPlugin = z.infer<typeof ApprovedPlugin>

/** The section `plugins`. */
export const Plugins = z
  .strictObject({
    marketplaces: z
      .array(z.strictObject({ name: Identifier, source: MarketplaceSource, autoUpdate: z.boolean().optional() }))
      .max(100)
      .default([]),
    approved: z.array(ApprovedPlugin).max(1000).default([]),
    /** No other marketplace can be added. */
    onlyThese: z.boolean().default(true),
  })
  .superRefine(({ marketplaces, approved }, context) => {
    const known = new Set(marketplaces.map(({ name }) => name))
    const seen = new Set<string>()
    for (const [index, { plugin }] of approved.entries()) {
      const path = ['approved', index, 'plugin']
      if (!known.has(plugin.slice(plugin.lastIndexOf('@') + 1)))
        context.addIssue({
          code: 'custom',
          path,
          message: 'names a marketplace that plugins.marketplaces does not have',
        })
      if (seen.has(plugin)) context.addIssue({ code: 'custom', path, message: 'stands twice' })
      seen.add(plugin)
    }
    if (known.size !== marketplaces.length)
      context.addIssue({ code: 'custom', path: ['marketplaces'], message: 'two marketplaces have one name' })
  })
export type Plugins = z.infer<typeof Plugins>
