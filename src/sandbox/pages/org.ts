import { domainOf } from '../../webMessaging/regions.ts';
import { checkRecord, isUuid } from '../shared/validate.ts';

/** A deployment of a real Genesys Cloud org: the region by name or domain, as `eu-west-1`, and the deployment's UUID. */
export interface Org {
  region: string;
  deploymentId: string;
}

/** Checks an org. Throws a `TypeError` that begins with the name of the wrong part, as `names` has it. */
export function checkOrg(
  value: unknown,
  names = { region: 'org.region', deploymentId: 'org.deploymentId' },
): Org {
  const { region, deploymentId } = checkRecord('org', value, ['region', 'deploymentId']);
  checkRegion(names.region, region);
  if (!isUuid(deploymentId)) {
    throw new TypeError(`${names.deploymentId} must be the id of a Messenger deployment, which is a UUID`);
  }
  return { region: String(region), deploymentId };
}

/** Reads the org that the environment names, or undefined. Throws a `TypeError` for half of one, or a wrong one. */
export function orgOf({
  GENESYS_REGION: region,
  GENESYS_DEPLOYMENT_ID: deploymentId,
}: Readonly<Record<string, string | undefined>>): Org | undefined {
  if (!region && !deploymentId) return undefined;
  const names = { region: 'GENESYS_REGION', deploymentId: 'GENESYS_DEPLOYMENT_ID' };
  if (!region || !deploymentId) {
    throw new TypeError(
      `${names.region} and ${names.deploymentId} belong together, and one of them is missing`,
    );
  }
  return checkOrg({ region, deploymentId }, names);
}

/** Where a page that is a guest of the org connects to: socket, REST, and the deployment's configuration. */
export function originsOf({ region }: Org): string[] {
  const domain = domainOf(region);
  return [`wss://webmessaging.${domain}`, `https://api.${domain}`, `https://api-cdn.${domain}`];
}

function checkRegion(name: string, region: unknown): void {
  try {
    domainOf(region);
  } catch (error) {
    throw new TypeError((error as Error).message.replace(/^region/, name));
  }
}
