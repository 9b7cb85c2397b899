// Parts tell each other about changes by name; there are few, so a list of functions will do.

/** @type {Map<string, ((value: any) => unknown)[]>} */
const listeners = new Map();

/**
 * Calls `f` whenever `name` is told.
 * @param {string} name
 * @param {(value: any) => unknown} f
 */
export function on(name, f) {
  const others = listeners.get(name);
  if (others) others.push(f);
  else listeners.set(name, [f]);
}

/**
 * Tells everyone who listens, in the order in which they began to.
 * @param {string} name
 * @param {unknown} [value]
 */
export function emit(name, value) {
  for (const f of listeners.get(name) || []) f(value);
}
