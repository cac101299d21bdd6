export type { OtherTab, TabFacts, TabHost, TabIndicator, TabLink, Tabs } from '../shared/tabs.ts';
export type { TabChannel, TabListener } from './channel.ts';
export type { TabStorage } from './memory.ts';
export { type ShareAcrossTabsOptions, shareAcrossTabs } from './shareAcrossTabs.ts';
