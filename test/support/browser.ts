import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** How long a hook that calls `launchBrowser` may take, ms: there may be a browser to install first. */
export const launchTime = 600_000;

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Which Chromium is launched, and how. */
export interface BrowserWish {
  /** With what a person's browser has beside its pages: it fills forms in, and puts pages away for the way back. */
  isWhole?: boolean;
  /** What Playwright adds to the command line and is to leave out. */
  without?: string[];
}

/**
 * Launches a headless Chromium: the one `CHROME_PATH` names, an installed one, or one that is installed now. Unless a
 * whole one is wished for, its headless shell goes first: the same pages in a third of the time.
 */
export async function launchBrowser({ isWhole = false, without = [] }: BrowserWish = {}): Promise<Browser> {
  const executablePath = findBrowser(isWhole) ?? (await installBrowser(isWhole));
  return chromium.launch({ executablePath, args: flags, ignoreDefaultArgs: without });
}

/**
 * Opens a window with nothing in it yet, and with `open` another tab of it; `complaints` gathers their uncaught errors,
 * console errors and warnings.
 */
export async function openWindow(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[]; open: () => Promise<Page>; close: () => Promise<void> }> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(8000);
  const complaints: string[] = [];
  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    return page;
  };
  return { page: await open(), complaints, open, close: () => context.close() };
}

function findBrowser(isWhole: boolean): string | undefined {
  const chosen = process.env.CHROME_PATH;
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new Error(`CHROME_PATH names ${chosen}, and there is no such file.`);
  }
  const shells = isWhole ? [] : onPath(['chromium-headless-shell', 'chrome-headless-shell']);
  const whole = onPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']);
  return [...shells, ...whole, ...wellKnown(), chromium.executablePath()].find((path) => existsSync(path));
}

function onPath(names: readonly string[]): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return folders.flatMap((folder) => names.map((name) => join(folder, name + suffix)));
}

function wellKnown(): string[] {
  if (process.platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium'].map((name) => `${name}.app/Contents/MacOS/${name}`);
    const homes = ['/Applications', join(process.env.HOME ?? '', 'Applications')];
    return homes.flatMap((home) => apps.map((app) => join(home, app)));
  }
  if (process.platform === 'win32') {
    const { PROGRAMFILES, LOCALAPPDATA } = process.env;
    const homes = [PROGRAMFILES, process.env['PROGRAMFILES(X86)'], LOCALAPPDATA];
    const apps = ['Google/Chrome/Application/chrome.exe', 'Chromium/Application/chrome.exe'];
    return homes.flatMap((home) => (home ? apps.map((app) => join(home, app)) : []));
  }
  return [];
}

async function installBrowser(isWhole: boolean): Promise<string> {
  const release = await takeLock(join(tmpdir(), 'genesys-conversation-machine-browser.lock'));
  try {
    const attempts = [installChromiumWithApt, installWithPlaywright];
    const failures: string[] = [];
    for (const attempt of attempts) {
      const found = findBrowser(isWhole);
      if (found) return found;
      try {
        await attempt();
      } catch (error) {
        failures.push(`${attempt.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const found = findBrowser(isWhole);
    if (found) return found;
    throw new Error(
      `No Chromium was found and none could be installed. Install Chrome or Chromium, or let CHROME_PATH name one.\n${failures.join('\n')}`,
    );
  } finally {
    release();
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Whether this process may install packages of Debian. */
export const mayInstallWithApt = (): boolean =>
  process.platform === 'linux' && isRoot() && existsSync('/usr/bin/apt-get');

/** Installs packages of Debian, where that is allowed. */
export async function installWithApt(...packages: string[]): Promise<void> {
  if (!mayInstallWithApt()) throw new Error('needs root and apt-get');
  // Of two at once apt-get refuses the later one.
  const release = await takeLock(join(tmpdir(), 'genesys-conversation-machine-apt.lock'));
  try {
    await run('apt-get', ['update']);
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages]);
  } finally {
    release();
  }
}

const installChromiumWithApt = (): Promise<void> => installWithApt('chromium', 'chromium-headless-shell');

async function installWithPlaywright(): Promise<void> {
  const folder = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  const dependencies = process.platform === 'linux' && isRoot() ? ['--with-deps'] : [];
  await run(process.execPath, [join(folder, 'cli.js'), 'install', 'chromium', '--no-shell', ...dependencies]);
}

async function run(command: string, args: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await promisify(execFile)(command, args, { env, timeout: launchTime / 2, maxBuffer: 2 ** 26 });
}

/** Makes `file`, which only one process can, and returns what takes it away; waits while another process has it. */
async function takeLock(file: string): Promise<() => void> {
  const deadline = Date.now() + launchTime;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (Date.now() > deadline) throw new Error(`Another process keeps ${file}; remove it and try again.`);
    if (isAbandoned(file)) rmSync(file, { force: true });
    else await sleep(250);
  }
}

function isAbandoned(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
