/** How many origins are told of: a page that makes them up does not fill a terminal. */
const most = 100;

/** Tells of each refused origin once. What is no origin, and might hold anything, is told to nobody. */
export function tellEachOnce(tell: (origin: string) => void): (origin: string) => void {
  const told = new Set<string>();
  return (origin) => {
    if (told.has(origin) || told.size >= most || !isOrigin(origin)) return;
    told.add(origin);
    tell(origin);
  };
}

function isOrigin(text: string): boolean {
  if (text === 'null') return true;
  return /^https?:\/\/[\w.:[\]-]{1,255}$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
