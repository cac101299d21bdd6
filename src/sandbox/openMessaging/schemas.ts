import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { ContractError } from '../shared/contractError.ts';

const idTypes = ['Email', 'Phone', 'Opaque'];
const text = { type: 'string' } as const;
const id = { type: 'string', minLength: 1 } as const;
const time = { type: 'string', format: 'date-time' } as const;

/** `OpenMessagingFromRecipient`. */
const from = object(
  {
    id,
    idType: { enum: idTypes },
    nickname: text,
    firstName: text,
    lastName: text,
    image: text,
    email: text,
  },
  ['id', 'idType'],
);
const metadata = { type: 'object', additionalProperties: text } as const;
const attachment = object(
  { mediaType: text, url: text, mime: text, id: text, text, sha256: text, filename: text },
  ['mediaType'],
);
const reasons = `MessageExpired RateLimited MessageNotAllowed GeneralError UnsupportedMessage UnknownMessage
  InvalidMessageStructure InvalidDestination ServerError MediaTypeNotAllowed InvalidMediaContentLength RecipientOptedOut
  DataFiltered`.split(/\s+/);
const reason = object({ code: { enum: reasons }, message: text }, ['code']);
const sender = object({ from, time, messageId: id, metadata: { type: 'object' } }, ['from', 'time']);

/** The bodies of the four inbound calls, as Genesys' own SDKs describe them: nothing else is in the contract. */
const bodies = {
  event: object(
    {
      channel: object({ from, time }, ['from', 'time']),
      events: {
        type: 'array',
        minItems: 1,
        items: object({ eventType: { enum: ['Typing'] } }, ['eventType']),
      },
    },
    ['channel', 'events'],
  ),
  message: {
    ...object(
      {
        channel: sender,
        text: id,
        content: {
          type: 'array',
          items: object({ contentType: { enum: ['Attachment'] }, attachment }, ['contentType']),
        },
        metadata,
      },
      ['channel'],
    ),
    anyOf: [{ required: ['text'] }, { required: ['content'] }],
  },
  receipt: object(
    {
      id,
      channel: object({ to: object({ id, idType: { enum: idTypes } }, ['id']), time }, ['to', 'time']),
      // No `Read`: what a guest has read cannot be told to Genesys.
      status: { enum: ['Sent', 'Delivered', 'Failed', 'Published', 'Removed'] },
      reasons: { type: 'array', items: reason },
      isFinalReceipt: { type: 'boolean' },
    },
    ['id', 'channel', 'status'],
  ),
  response: object(
    {
      channel: sender,
      buttonResponse: object(
        { type: { enum: ['Button', 'QuickReply', 'DatePicker'] }, text, payload: text, id: text },
        ['type', 'text', 'payload'],
      ),
      originatingMessageId: id,
    },
    ['channel', 'buttonResponse', 'originatingMessageId'],
  ),
} as const;

/** One of the inbound calls. */
export type InboundKind = keyof typeof bodies;

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
const validators = Object.fromEntries(
  Object.entries(bodies).map(([kind, schema]) => [kind, ajv.compile(schema)]),
) as Record<InboundKind, ValidateFunction>;

/**
 * Holds a body against its schema, field by field. Throws a 400 `ContractError` that names the first that is wrong: in a
 * word that an enum does not know, in the platform's own sentence. A field outside the contract is refused here, where
 * the platform ignores it, so that a gateway learns of it.
 */
export function checkBody(kind: InboundKind, body: unknown): void {
  const validate = validators[kind];
  if (validate(body)) return;
  const [first] = validate.errors ?? [];
  const field = first?.instancePath.replaceAll('/', '.') || '.';
  if (first?.keyword === 'enum') {
    const allowed = (first.params as { allowedValues: unknown[] }).allowedValues.join(', ');
    throw new ContractError(
      400,
      'invalid.value',
      `Value is not valid for field type [${field}]. Allowable values are: ${allowed}`,
    );
  }
  const extra = (first?.params as { additionalProperty?: string } | undefined)?.additionalProperty;
  const detail = extra === undefined ? '' : `: ${extra}`;
  throw new ContractError(
    400,
    'bad.request',
    `${field} ${first?.message ?? 'is not as it should be'}${detail}`,
  );
}

function object<const Properties extends object>(properties: Properties, required: readonly string[]) {
  return { type: 'object', properties, required: [...required], additionalProperties: false } as const;
}
