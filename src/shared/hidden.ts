/**
 * Ports whose members no serialiser, inspector or structured clone can see (S5): a context travels to all of
 * them, and what a port holds is no business of theirs.
 */
export function hidden<Ports extends object>(ports: Ports): Ports {
  const members = Object.entries(ports).map(([name, value]) => [name, { value, enumerable: false }]);
  return Object.defineProperties({} as Ports, Object.fromEntries(members));
}
