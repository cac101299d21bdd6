/** One thing for each object, made when it is first asked for, and kept for as long as the object is. */
export function onePer<Key extends object, Thing extends object>(
  known: WeakMap<Key, Thing>,
  key: Key,
  make: (key: Key) => Thing,
): Thing {
  const thing = known.get(key) ?? make(key);
  known.set(key, thing);
  return thing;
}
