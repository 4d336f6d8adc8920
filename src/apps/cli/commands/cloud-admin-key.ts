import {
  insertAdminKey,
  listAdminKeys,
  revokeAdminKey,
  rotateAdminKey,
  type AdminRoleWord,
} from '../../../adapters/cloud-db/admin-records.ts'
import { newId, newSecretKey } from '../../../adapters/cloud-db/secret-keys.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { ADMIN_ROLES } from '../../cloud/cloud-call.ts'
import type { Cli } from '../cli.ts'
import { isoTime } from '../time-text.ts'
import { withCloudDb, type CloudPlace } from '../with-cloud-db.ts'

/** `slipway cloud admin-key create`: the one time that the key is shown. */
export function adminKeyCreate(cli: Cli, options: CloudPlace & Readonly<{ role: string; label: string }>) {
  const role = roleNamed(options.role)
  const label = options.label.trim()
  if (!/^[^\p{Cc}]{1,80}$/u.test(label))
    refuse('bad-usage', 'The label has no letters, or more than 80.', 'Say whose key it is: --label "Ann, support"')
  return withCloudDb(cli, options, async (db) => {
    const { key, hash } = newSecretKey('sla_')
    const id = newId('adm_')
    await insertAdminKey(db, { id, hash, label, role }, cli.now())
    cli.out.answer({ adminKey: key, id, role, label }, () => {
      cli.out.line(key)
      cli.out.note(`Admin key ${id}: ${role}, ${label}.`)
      cli.out.note('The key is shown this once and kept nowhere: hand it over now.')
    })
    return 0
  })
}

/** `slipway cloud admin-key list`. */
export function adminKeyList(cli: Cli, place: CloudPlace): Promise<number> {
  return withCloudDb(cli, place, async (db) => {
    const time = (at: number | null) => (at === null ? null : isoTime(at))
    const keys = (await listAdminKeys(db)).map((key) => ({
      ...{ id: key.id, role: key.role, label: key.label, createdAt: isoTime(key.createdAt) },
      ...{ lastUsedAt: time(key.lastUsedAt), revokedAt: time(key.revokedAt) },
    }))
    cli.out.answer(keys, () => {
      if (keys.length === 0)
        return cli.out.line('No admin keys. Make one: slipway cloud admin-key create --role owner --label NAME')
      cli.out.table(
        [
          { title: 'KEY', text: (row) => row.id },
          { title: 'ROLE', text: (row) => row.role },
          { title: 'LABEL', text: (row) => row.label, flexible: true },
          { title: 'MADE', text: (row) => row.createdAt.slice(0, 10) },
          { title: 'LAST USED', text: (row) => row.lastUsedAt ?? '–' },
          { title: 'REVOKED', text: (row) => row.revokedAt ?? '–' },
        ],
        keys,
      )
    })
    return 0
  })
}

/** `slipway cloud admin-key rotate ID`. */
export function adminKeyRotate(cli: Cli, id: string, place: CloudPlace): Promise<number> {
  return withCloudDb(cli, place, async (db) => {
    const { key, hash } = newSecretKey('sla_')
    const { role, label } = (await rotateAdminKey(db, id, hash, cli.now())) ?? refuseUnknown(id)
    cli.out.answer({ adminKey: key, id, role, label }, () => {
      cli.out.line(key)
      cli.out.note(`The old key of ${id} opens nothing any more. This one is shown this once.`)
    })
    return 0
  })
}

/** `slipway cloud admin-key revoke ID`. */
export function adminKeyRevoke(cli: Cli, id: string, place: CloudPlace): Promise<number> {
  return withCloudDb(cli, place, async (db) => {
    if (!(await revokeAdminKey(db, id, cli.now()))) refuseUnknown(id)
    cli.out.answer({ id, revoked: true }, () => cli.out.line(`Admin key ${id} is revoked.`))
    return 0
  })
}

function roleNamed(text: string): AdminRoleWord {
  const role = ADMIN_ROLES.find((one) => one === text)
  return role ?? refuse('bad-usage', `${JSON.stringify(text)} is no role.`, `Use ${ADMIN_ROLES.join(', ')}.`)
}

function refuseUnknown(id: string): never {
  return refuse(
    'bad-usage',
    `There is no admin key ${JSON.stringify(id)} in use.`,
    'List them: slipway cloud admin-key list',
  )
}
