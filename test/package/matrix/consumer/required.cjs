// What CommonJS gets: every entry, by require(esm).
const names = [
  '',
  '/browser',
  '/hub',
  '/inspect',
  '/machines',
  '/sandbox',
  '/tabs',
  '/testing',
  '/trace',
].map((entry) => {
  const got = Object.keys(require(`genesys-conversation-machine${entry}`));
  if (got.length === 0) throw new Error(`${entry} exports nothing`);
  return got.length;
});
console.log(names.length);
