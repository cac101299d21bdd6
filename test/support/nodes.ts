export { nodesUnder } from '../../src/testing/paths/live.ts';
