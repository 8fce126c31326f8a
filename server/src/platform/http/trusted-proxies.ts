import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const LOOK_AGAIN_MS = 5_000;

const RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Whether a text stands for proxies: an address, a network such as 10.0.0.0/8, loopback, linklocal, uniquelocal, or a host's name. */
export function isProxy(text: string): boolean {
  const [address, bits, ...rest] = text.split('/');
  if (rest.length > 0) return false;
  const family = isIP(address);
  if (family === 0) return bits === undefined && /^[a-z_][\w.-]*$/i.test(address);
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/**
 * Proxies whose word on where a request came from is taken. Those that are told by name are looked up again from time to
 * time: a container that starts anew has another address. One that is not found is trusted by nobody.
 */
export class TrustedProxies {
  private readonly networks = new BlockList();
  private readonly names: readonly string[];
  private readonly timer: NodeJS.Timeout | undefined;
  private named: ReadonlySet<string> = new Set();

  /** Throws where one of them is no proxy by `isProxy`. */
  constructor(proxies: readonly string[]) {
    this.names = proxies.filter((one) => !(one in RANGES) && isIP(one.split('/')[0]) === 0);
    for (const network of proxies.flatMap((one) => RANGES[one] ?? one)) {
      if (this.names.includes(network)) continue;
      const [address, bits] = network.split('/');
      const family = familyOf(address);
      if (bits === undefined) this.networks.addAddress(address, family);
      else this.networks.addSubnet(address, Number(bits), family);
    }
    if (this.names.length === 0) return;
    void this.look();
    this.timer = setInterval(() => void this.look(), LOOK_AGAIN_MS).unref();
  }

  /** Whether an address is one of theirs. */
  trusts(address: string | undefined): boolean {
    const plain = plainOf(address);
    return isIP(plain) !== 0 && (this.named.has(plain) || this.networks.check(plain, familyOf(plain)));
  }

  /** From where a request comes: as far back on its way as those who tell it are trusted. */
  addressOf({ headers, socket }: IncomingMessage): string {
    const told = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    const way = told.map((one) => one.trim()).filter((one) => one !== '');
    let address = socket.remoteAddress ?? '';
    while (way.length > 0 && this.trusts(address)) address = way.pop()!;
    return address;
  }

  close(): void {
    clearInterval(this.timer);
  }

  // One after the other: each may hold a thread until a name server answers.
  private async look(): Promise<void> {
    const found = new Set<string>();
    for (const name of this.names) {
      const addresses = await lookup(name, { all: true }).catch(() => []);
      for (const { address } of addresses) found.add(plainOf(address));
    }
    this.named = found;
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** An address of IPv4 as such, however the socket writes it. */
function plainOf(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
