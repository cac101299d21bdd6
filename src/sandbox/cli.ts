import { exit, stderr, versions } from 'node:process';

/** The oldest Node that runs this, as `engines` of package.json says. */
const oldest = [20, 19] as const;

const [major = 0, minor = 0] = versions.node.split('.').map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  stderr.write(
    `genesys-conversation-machine needs Node ${oldest.join('.')} or newer, and this is ${versions.node}: install one from https://nodejs.org.\n`,
  );
  exit(1);
}
// An older Node would stumble over what this imports before it could say so.
await import('./command.ts');
