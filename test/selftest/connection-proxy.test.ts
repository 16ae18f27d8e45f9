import { describe, expect, it } from 'vitest'
import { chooseProxy } from '../../src/selftest/connection-proxy.js'

const endpoint = new URL('https://otel.example.com:4318')
const proxy = { HTTPS_PROXY: 'http://proxy.example.com:3128' }

describe('which proxy a client takes', () => {
  it('takes the first variable that is set', () => {
    expect(chooseProxy(endpoint, {})).toEqual({ kind: 'none', why: 'no proxy is set' })
    expect(
      chooseProxy(endpoint, { HTTPS_PROXY: '', https_proxy: 'http://a:1', HTTP_PROXY: 'http://b:2' }),
    ).toMatchObject({
      kind: 'proxy',
      host: 'a',
      port: 1,
    })
    expect(chooseProxy(endpoint, { HTTP_PROXY: 'http://b' })).toMatchObject({ host: 'b', port: 80, encrypted: false })
    expect(chooseProxy(endpoint, { HTTPS_PROXY: 'https://[::1]' })).toMatchObject({
      host: '::1',
      port: 443,
      encrypted: true,
    })
  })

  it.each([
    ['*', true],
    ['otel.example.com', true],
    ['OTEL.Example.COM', true],
    ['example.com', true],
    ['.example.com', true],
    ['*.example.com', true],
    ['localhost 127.0.0.1 .example.com', true],
    ['localhost,otel.example.com', true],
    ['otel.example.com:4318', true],
    ['otel.example.com:443', false],
    ['tel.example.com', false],
    ['ample.com', false],
    ['example.com.evil.test', false],
    ['', false],
    [', ,', false],
    [':4318', false],
    ['.', false],
  ])('NO_PROXY=%s exempts: %s', (list, exempt) => {
    const kind = exempt ? 'none' : 'proxy'
    expect(chooseProxy(endpoint, { ...proxy, NO_PROXY: list }).kind).toBe(kind)
    expect(chooseProxy(endpoint, { ...proxy, no_proxy: list }).kind).toBe(kind)
  })

  it.each(['::1', '[::1]', '[::1]:4318'])('knows IPv6 addresses: %s', (list) => {
    expect(chooseProxy(new URL('https://[::1]:4318'), { ...proxy, NO_PROXY: list }).kind).toBe('none')
  })

  it('leaves http on loopback alone, and names what is no proxy', () => {
    expect(chooseProxy(new URL('http://127.0.0.1:4318'), proxy).kind).toBe('none')
    for (const HTTPS_PROXY of ['socks5://127.0.0.1:1080', 'proxy.example.com', 'http://'])
      expect(chooseProxy(endpoint, { HTTPS_PROXY })).toEqual({
        kind: 'unusable',
        why: 'HTTPS_PROXY is no http or https address of a proxy',
      })
  })

  it('keeps the login of the address secret', () => {
    const choice = chooseProxy(endpoint, { HTTPS_PROXY: 'http://me:100%25%zz@proxy.example.com' })
    expect(JSON.stringify(choice)).not.toContain('100')
    expect(choice.kind === 'proxy' && choice.authorization?.reveal()).toBe(
      `Basic ${Buffer.from('me:100%25%zz').toString('base64')}`,
    )
  })
})
