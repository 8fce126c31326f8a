import { createHmac } from 'node:crypto';
import { createTransport } from 'nodemailer';

/** How alerts leave the installation; what is null or empty is switched off. */
export interface DeliverySettings {
  /** Hosts that webhooks may go to: nothing else is ever asked. */
  readonly webhookHosts: readonly string[];
  /** Signs what webhooks carry. */
  readonly webhookSecret: string | null;
  /** A mail server, as smtp://user:password@host:port. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
}

/** What a receiver is told. */
export interface AlertMessage {
  readonly id: string;
  readonly rule: string;
  readonly kind: string;
  readonly message: string;
  readonly value: number | null;
  readonly at: string;
}

const ANSWER_MAXIMUM_MS = 10_000;
const MINUTE_MS = 60_000;
/** Waits between attempts; after the last one a delivery is given up. */
const WAITS_MS = [1, 5, 30, 120, 720].map((minutes) => minutes * MINUTE_MS);

/** How long to wait after so many failed attempts; null to give up. */
export function waitAfter(attempts: number): number | null {
  return WAITS_MS[attempts - 1] ?? null;
}

/** Why a webhook may not go to this address; null where it may. */
export function webhookProblem(
  url: string,
  { webhookHosts, webhookSecret }: DeliverySettings,
): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !['https:', 'http:'].includes(parsed.protocol))
    return `expected an address such as https://example.com/hook, was ${JSON.stringify(url)}`;
  if (parsed.username || parsed.password)
    return 'expected an address without a name and a password, was one with them: the signature shows who sends';
  if (!webhookSecret)
    return 'expected ALERT_WEBHOOK_SECRET to be set, which signs what is sent: without it webhooks are off';
  if (!webhookHosts.includes(parsed.host.toLowerCase()))
    return `expected a host of ALERT_WEBHOOK_HOSTS (${webhookHosts.join(', ') || 'none is set'}), was ${parsed.host}`;
  return null;
}

/** Why mail cannot go to this address; null where it can. */
export function mailProblem(address: string, { smtpUrl }: DeliverySettings): string | null {
  if (!/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(address))
    return `expected one e-mail address such as me@example.com, was ${JSON.stringify(address)}`;
  return smtpUrl ? null : 'expected SMTP_URL to be set: without it mail is off';
}

/** The signature of a body at a time: receivers compute the same and compare. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/**
 * Posts an alert as JSON. `X-Signature` is the HMAC-SHA256 of `<X-Timestamp>.<body>`, and `X-Delivery` the same for every
 * attempt, so that a receiver can tell one that it has had. Throws with the reason unless the answer is 2xx.
 */
export async function postWebhook(
  url: string,
  deliveryId: string,
  message: AlertMessage,
  settings: DeliverySettings,
  nowMs: number,
): Promise<void> {
  const problem = webhookProblem(url, settings);
  if (problem) throw new Error(problem);
  const body = JSON.stringify(message);
  const timestamp = String(Math.floor(nowMs / 1000));
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MAXIMUM_MS),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'AI-Trading',
      'x-delivery': deliveryId,
      'x-timestamp': timestamp,
      'x-signature': signatureOf(settings.webhookSecret!, timestamp, body),
    },
    body,
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`expected an answer of 200 to 299, was ${response.status}`);
}

/** Sends an alert by mail; throws with the reason where the server does not take it. */
export async function sendMail(
  address: string,
  deliveryId: string,
  { rule, message, at }: AlertMessage,
  { smtpUrl, mailFrom }: DeliverySettings,
  answerMaximumMs = ANSWER_MAXIMUM_MS,
): Promise<void> {
  if (!smtpUrl) throw new Error('expected SMTP_URL to be set, was nothing');
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: answerMaximumMs,
    greetingTimeout: answerMaximumMs,
    socketTimeout: answerMaximumMs,
  });
  try {
    await transport.sendMail({
      from: mailFrom,
      to: address,
      subject: `AI Trading: ${rule}`,
      text: `${message}\n\n${at}\n`,
      messageId: `<${deliveryId}@ai-trading>`,
    });
  } finally {
    transport.close();
  }
}
