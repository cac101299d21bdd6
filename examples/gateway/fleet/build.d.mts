/**
 * Bundles programs in TypeScript of this folder, the SDK's sources with them, into `dist/gateway`, beside the packages that
 * they import. Returns the folder.
 */
export function buildFleet(...names: readonly string[]): Promise<string>;
