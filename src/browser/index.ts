export { type BindPageOptions, bindPage, type PageTarget } from './bindPage.ts';
export { type BindTypingOptions, bindTyping, type TypingTarget } from './bindTyping.ts';
export { type ObserveReadOptions, observeRead, type ReadTarget, type SeenConditions } from './observeRead.ts';
