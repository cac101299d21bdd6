import { invalidOption } from '../shared/errors.ts';

const domains = {
  'us-east-1': 'mypurecloud.com',
  'us-west-2': 'usw2.pure.cloud',
  'us-east-2': 'use2.us-gov-pure.cloud',
  'ca-central-1': 'cac1.pure.cloud',
  'mx-central-1': 'mxc1.pure.cloud',
  'eu-west-1': 'mypurecloud.ie',
  'eu-west-2': 'euw2.pure.cloud',
  'eu-central-1': 'mypurecloud.de',
  'eu-central-2': 'euc2.pure.cloud',
  'sa-east-1': 'sae1.pure.cloud',
  'me-central-1': 'mec1.pure.cloud',
  'ap-southeast-2': 'mypurecloud.com.au',
  'ap-northeast-1': 'mypurecloud.jp',
  'ap-northeast-2': 'apne2.pure.cloud',
  'ap-northeast-3': 'apne3.pure.cloud',
  'ap-south-1': 'aps1.pure.cloud',
  'ap-southeast-1': 'apse1.pure.cloud',
  'eusc-de-east-1': 'edee1.eusc-pure.cloud',
} as const;

/** Name of a Genesys Cloud region, as in `eu-west-1`. */
export type GenesysRegion = keyof typeof domains;

/** The domain of a region, given by its name or by the domain itself. Throws `invalid-option` with the list. */
export function domainOf(region: unknown): string {
  const byName = new Map<unknown, string>(Object.entries(domains));
  const domain = byName.get(region) ?? [...byName.values()].find((each) => each === region);
  if (domain !== undefined) return domain;
  const list = [...byName].map(([name, each]) => `${name} (${each})`).join(', ');
  throw invalidOption('region', `one of ${list}`, region);
}
