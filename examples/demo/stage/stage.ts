import { createStage } from './createStage.ts';

/** The stage of this page. */
export const stage = createStage();
