import { Migration } from '@mikro-orm/migrations';

/** By what a session was begun, and for which name a passkey was made. */
export class LoginMethods extends Migration {
  override up(): void {
    this.addSql(
      `alter table user_session
         add column method text not null default 'PASSWORD' check (method in ('PASSWORD', 'PASSKEY', 'SINGLE_SIGN_ON')),
         add column second_factor text check (second_factor in ('CODE', 'RECOVERY_CODE', 'PASSKEY'))`,
    );
    // No passkey can have been made before.
    this.addSql(
      'alter table passkey add column rp_id text not null, add column is_backed_up boolean not null default false',
    );
    this.addSql('create index passkey_by_user on passkey (user_id)');
    this.addSql('create index oidc_identity_by_user on oidc_identity (user_id)');
  }

  override down(): void {
    this.addSql('drop index oidc_identity_by_user');
    this.addSql('drop index passkey_by_user');
    this.addSql('alter table passkey drop column rp_id, drop column is_backed_up');
    this.addSql('alter table user_session drop column method, drop column second_factor');
  }
}
