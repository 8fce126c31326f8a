import type { OwnershipRules } from './access/ownership.ts';

/** Whose things are, by the prefix of their ids. A kind of thing without a rule is nobody's once there are logins. */
export const OWNERSHIP_RULES: OwnershipRules = {
  ins: 'SHARED',
  // Whose an upload is, its id itself tells; see Uploads.
  upl: 'SHARED',
  prt: { query: 'select id as portfolio_id from portfolio where id = ?' },
  acc: { query: 'select portfolio_id from account where id = ?' },
  txn: {
    query: 'select a.portfolio_id from transaction t join account a on a.id = t.account_id where t.id = ?',
  },
  fil: { query: 'select a.portfolio_id from fill f join account a on a.id = f.account_id where f.id = ?' },
  not: {
    query: 'select a.portfolio_id from trade_note n join account a on a.id = n.account_id where n.id = ?',
  },
  run: { query: 'select portfolio_id, owner_id from run where id = ?' },
  alr: { query: 'select owner_id from alert_rule where id = ?' },
  lnk: { query: 'select portfolio_id from public_link where id = ?' },
  tok: { query: 'select user_id as owner_id from api_token where id = ?' },
  usr: { query: 'select id as owner_id from app_user where id = ?', isForAdmins: true },
  psk: { query: 'select user_id as owner_id from passkey where id = ?' },
  ses: { query: 'select user_id as owner_id from user_session where id = ?' },
};
