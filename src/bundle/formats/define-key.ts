/** Sets a key that comes from a file: assigning `__proto__` would set the prototype and lose the key. */
export function defineKey(object: object, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true })
  else Reflect.set(object, key, value)
}
