import { Migration } from '@mikro-orm/migrations';

/** Users with what they log in by, what they may see, and the log of both. */
export class Access extends Migration {
  override up(): void {
    for (const statement of [...USERS, ...RIGHTS]) this.addSql(statement);
  }

  override down(): void {
    this.addSql('alter table run drop column owner_id, drop column portfolio_id');
    const tables = [
      'public_link',
      'portfolio_member',
      'access_event',
      'api_token',
      'login_challenge',
      'passkey',
    ];
    const others = [
      'oidc_identity',
      'recovery_code',
      'user_invite',
      'user_session',
      'setup_token',
      'app_user',
    ];
    for (const table of [...tables, ...others]) this.addSql(`drop table ${table}`);
    // Two people may have had portfolios of one name.
    this.addSql(
      `update portfolio p set name = name || ' (' || id || ')' where exists (select 1 from portfolio o where o.name = p.name and o.id < p.id)`,
    );
    this.addSql('alter table portfolio add constraint portfolio_name_key unique (name)');
  }
}

const USERS = [
  `create table app_user (
    id text primary key, version integer not null default 1, email text not null unique, name text not null,
    password_hash text, is_admin boolean not null default false, is_disabled boolean not null default false,
    totp_secret text, totp_confirmed_at timestamptz, totp_last_step bigint, created_at timestamptz not null,
    last_login_at timestamptz)`,
  `create table setup_token (hash text primary key, created_at timestamptz not null)`,
  `create table user_session (
    id text primary key, hash text not null unique, user_id text not null references app_user on delete cascade,
    created_at timestamptz not null, last_seen_at timestamptz not null, expires_at timestamptz not null,
    address text not null, user_agent text not null)`,
  `create index user_session_by_user on user_session (user_id)`,
  `create table user_invite (
    hash text primary key, user_id text not null references app_user on delete cascade, expires_at timestamptz not null)`,
  `create table recovery_code (
    user_id text not null references app_user on delete cascade, hash text not null, primary key (user_id, hash))`,
  `create table oidc_identity (
    issuer text not null, subject text not null, user_id text not null references app_user on delete cascade,
    created_at timestamptz not null, primary key (issuer, subject))`,
  `create table passkey (
    id text primary key, user_id text not null references app_user on delete cascade, credential_id text not null unique,
    public_key bytea not null, counter bigint not null, transports jsonb not null, name text not null,
    created_at timestamptz not null, last_used_at timestamptz)`,
  // What a login in several steps has to remember, for a few minutes.
  `create table login_challenge (
    hash text primary key, kind text not null, user_id text references app_user on delete cascade, data jsonb not null,
    expires_at timestamptz not null)`,
  `create table api_token (
    id text primary key, user_id text not null references app_user on delete cascade, name text not null, prefix text not null,
    hash text not null unique, scopes jsonb not null, created_at timestamptz not null, expires_at timestamptz,
    last_used_at timestamptz)`,
  `create index api_token_by_user on api_token (user_id)`,
  `create table access_event (
    id text primary key, kind text not null, actor text not null, subject text not null, address text not null,
    created_at timestamptz not null)`,
  `create index access_event_by_time on access_event (created_at desc, id desc)`,
  `create trigger append_only before update or delete on access_event for each row execute function refuse_change()`,
];

const RIGHTS = [
  `create table portfolio_member (
    portfolio_id text not null references portfolio on delete cascade, user_id text not null references app_user on delete cascade,
    role text not null check (role in ('OWNER', 'EDITOR', 'VIEWER')), created_at timestamptz not null,
    primary key (portfolio_id, user_id))`,
  `create index portfolio_member_by_user on portfolio_member (user_id)`,
  `create table public_link (
    id text primary key, portfolio_id text not null references portfolio on delete cascade, hash text not null unique,
    label text not null, created_by text not null, created_at timestamptz not null, expires_at timestamptz)`,
  `create index public_link_by_portfolio on public_link (portfolio_id)`,
  // People who do not see each other's portfolios may give them the same names.
  `alter table portfolio drop constraint portfolio_name_key`,
  `create index portfolio_by_name on portfolio (name)`,
  `alter table run add column owner_id text references app_user on delete set null,
     add column portfolio_id text references portfolio on delete set null`,
  `update run set portfolio_id = p.id from portfolio p where p.id = run.request->>'portfolioId'`,
  `create index run_by_owner on run (owner_id)`,
];
