import * as z from 'zod'
import { SecretReference } from './secret-reference.js'

/** How much content telemetry may carry, least first. Each tier includes the ones before it. */
export const privacyTiers = ['metadata', 'tool-details', 'content', 'raw'] as const
export type PrivacyTier = (typeof privacyTiers)[number]

export const otlpProtocols = ['http/protobuf', 'http/json', 'grpc'] as const

/** What is known of an endpoint and may go into its telemetry. */
export const endpointFields = ['serial', 'hostname', 'department', 'site', 'email', 'user'] as const
export type EndpointField = (typeof endpointFields)[number]

/** Whether a host of a URL is the machine itself. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

/** A base URL that clients can be pointed at: https, or http on loopback; nothing secret, nothing after the path. */
export const CollectorUrl = z
  .string()
  .max(500)
  .refine((text) => URL.canParse(text) && /^[\x21-\x7e]+$/.test(text), { error: 'is not a URL' })
  .refine((text) => !URL.canParse(text) || !/["'<>\\^`{|}$]/.test(text), {
    error: 'holds a character that URLs must encode',
  })
  .refine((text) => !URL.canParse(text) || isSafeScheme(new URL(text)), {
    error: 'must be https:// (http:// only for loopback): telemetry names people',
  })
  .refine((text) => !URL.canParse(text) || isBare(new URL(text)), {
    error: 'must have no user name, query or fragment',
  })
  .refine((text) => !URL.canParse(text) || !/\/v1\/(?:logs|metrics|traces)\/?$/.test(new URL(text).pathname), {
    error: 'is the base URL: clients add /v1/logs, /v1/metrics and /v1/traces to it themselves',
  })

function isSafeScheme({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

function isBare({ username, password, search, hash }: URL): boolean {
  return username === '' && password === '' && search === '' && hash === ''
}

/** RFC 9110 token: https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const HeaderName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, {
    error: 'a header name is letters, digits and - . _, without blanks and colons',
  })
  .refine((name) => !/[$%`']/.test(name), { error: 'is not a header name that every channel can carry' })

/** A reference to a secret, or `plain:` and a value that everybody may read. */
const HeaderValue = z.union([
  SecretReference,
  z.string().regex(/^plain:[\x21-\x2b\x2d-\x7e](?:[\x20-\x2b\x2d-\x7e]{0,500}[\x21-\x2b\x2d-\x7e])?$/, {
    error: 'write env:NAME or file:PATH; or plain:TEXT (visible ASCII, no comma) for a value that is no secret',
  }),
])

/** Keys of resource attributes that arrived in every client version that was tried (2026-11-20). */
const AttributeKey = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/, {
    error: 'a key is lower-case letters and digits, joined by . _ or -',
  })
  .refine(
    (key) =>
      !/^(?:app|event|os|prompt|service|session|telemetry|terminal|user)\.|^(?:host\.arch|organization\.id|wsl\.version)$/.test(
        key,
      ),
    { error: 'is a key that the client sets itself' },
  )
  .refine((key) => key !== 'fleet.policy', { error: 'is the stamp that fleet sets itself' })

const AttributeValue = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]*$/u, { error: 'holds a control character' })

const PosixPath = z
  .string()
  .regex(/^\/[\x20-\x7e]+$/, { error: 'must be an absolute path of plain characters, such as /etc/otel/ca.pem' })
  .max(500)

/** The section `telemetry`: where clients report to, and how much. */
export const Telemetry = z
  .strictObject({
    /** OTLP base URL of the collector. */
    endpoint: CollectorUrl,
    protocol: z.enum(otlpProtocols).default('http/protobuf'),
    /** Header name to a reference: env:NAME, file:PATH, or plain:TEXT for a value that is no secret. */
    headers: z.record(HeaderName, HeaderValue).default({}),
    /** The most content that may be collected: metadata, tool-details, content, raw. */
    privacy: z.enum(privacyTiers).default('metadata'),
    traces: z.boolean().default(false),
    metricIntervalSeconds: z.int().min(5).max(3600).default(60),
    logIntervalSeconds: z.int().min(1).max(3600).default(5),
    /** The same on every endpoint. */
    resourceAttributes: z.record(AttributeKey, AttributeValue).default({}),
    /** Attribute key to a field of the endpoint: serial, hostname, department, site, email, user. */
    endpointAttributes: z.record(AttributeKey, z.enum(endpointFields)).default({}),
    /** The file on the endpoint that holds the authority of the collector's certificate, by platform. */
    certificateAuthority: z
      .strictObject({
        macos: PosixPath.optional(),
        linux: PosixPath.optional(),
        windows: z
          .string()
          .regex(/^[A-Za-z]:\\[\x20-\x7e]+$/, {
            error: 'must be an absolute path of plain characters, such as C:\\ProgramData\\otel\\ca.pem',
          })
          .max(500)
          .optional(),
      })
      .optional(),
  })
  .superRefine(({ resourceAttributes, endpointAttributes, headers }, context) => {
    for (const key of Object.keys(endpointAttributes).filter((name) => Object.hasOwn(resourceAttributes, name)))
      context.addIssue({
        code: 'custom',
        path: ['endpointAttributes', key],
        message: 'stands in resourceAttributes too',
      })
    const names = Object.keys(headers).map((name) => name.toLowerCase())
    if (new Set(names).size !== names.length)
      context.addIssue({ code: 'custom', path: ['headers'], message: 'one header stands twice; case does not matter' })
  })
export type Telemetry = z.infer<typeof Telemetry>
