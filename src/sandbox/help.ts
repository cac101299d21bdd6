import { pageTransports } from './pages/pageTransport.ts';

/** The port that is tried first. */
export const defaultPort = 4870;

const name = 'genesys-conversation-machine';

/** What `--help` prints. */
export const helpText = `Usage: ${name} <sandbox|inspect> [options]
       ${name} trace <file> <--svg|--test>

sandbox  starts a local server that plays the back end of a web messaging guest, so that
         your application has somebody to talk to; on its agent's desk you are the other side
inspect  the same server, for its page that shows the charts of your application
         while they run: give it your application's origin by --allow-origin
trace    prints what that page has saved of a conversation as a timeline, or as a
         test that needs no server

The server listens on the loopback only and stops with Ctrl+C.

Options:
  --port <n>     port to listen on (default: ${defaultPort}, or any free one when it is taken; 0: any free one)
  --pages <dir>  folder of pages to serve at /
  --transport <${pageTransports.join('|')}>
                 what the guest of these pages speaks (default: ${pageTransports[0]})
  --deployment <id>
                 id of a web messaging deployment, besides the sandbox's own; may be repeated
  --allow-origin <origin>
                 origin that may call the sandbox, besides its own; may be repeated
  --version      print the version
  --help         print this help

Examples:
  ${name} sandbox --allow-origin http://localhost:5173
                 a back end for the application that Vite serves there
  ${name} sandbox --port 0 --pages dist
                 pages of your own, on any free port
  ${name} inspect --allow-origin http://localhost:5173
                 open /inspector/, and let your application call connectViewer
  ${name} trace conversation.trace.json --svg > conversation.svg

Environment:
  GENESYS_REGION, GENESYS_DEPLOYMENT_ID
                 a real Messenger deployment for the guest of the pages to talk to, and its region, such as eu-west-1

Exit codes: 0 stopped or printed, 1 could not be done, 2 wrong arguments.
`;
