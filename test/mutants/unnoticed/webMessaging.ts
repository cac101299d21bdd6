import type { Unnoticed } from '../scope.ts';

export const inWebMessaging: readonly Unnoticed[] = [];
