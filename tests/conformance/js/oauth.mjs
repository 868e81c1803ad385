// The vendor's JS client as an application: tokens, their renewal, and its helpers.

import { B24OAuth, LoadDataType, ParamsFactory, useB24Helper } from '@bitrix24/b24jssdk'
import { assert, control, failure, places, scenario } from './harness.mjs'

const office = places.oauth ?? {}
const params = { ...ParamsFactory.getDefault(), rateLimit: { burstLimit: 1e6, drainRate: 1e6, adaptiveEnabled: false } }

/** Returns the client with the tokens kept under `name`; `over` makes it think that they have run out. */
function enter(name, { over = false, secret = office.clientSecret } = {}) {
  const pair = office.pairs[name]
  return new B24OAuth(
    {
      applicationToken: office.applicationToken,
      userId: 1,
      memberId: office.memberId,
      accessToken: pair.access,
      refreshToken: pair.refresh,
      expires: Math.floor(Date.now() / 1000) + (over ? -10 : 3600),
      expiresIn: 3600,
      scope: 'crm,user',
      domain: new URL(office.url).host,
      clientEndpoint: `${office.url}/rest/`,
      serverEndpoint: `${office.url}/rest/`,
      status: 'L'
    },
    { clientId: office.clientId, clientSecret: secret },
    { restrictionParams: params }
  )
}

const profile = b24 => b24.actions.v2.call.make({ method: 'profile' })

async function fresh() {
  await control(office, 'reset')
}

scenario('a token opens the portal at the address it names, whose slash is doubled', async () => {
  assert.equal((await profile(enter('plain'))).getData().result.ID, '1')
}, 'oauth')

scenario('an administrator is known as one', async () => {
  const b24 = enter('plain')
  await b24.initIsAdmin()
  assert.equal(b24.auth.isAdmin, true)
}, 'oauth')

scenario('a token known to be over is renewed before the call', async () => {
  await fresh()
  const b24 = enter('renewed', { over: true })
  const seen = []
  b24.setCallbackRefreshAuth(async given => { seen.push(given.b24OAuthParams) })
  assert.equal((await profile(b24)).getData().result.ID, '1')
  assert.equal(seen.length, 1)
  assert.notEqual(seen[0].refreshToken, office.pairs.renewed.refresh)
  assert.equal(seen[0].clientEndpoint, `${office.url}/rest/`)
  assert.deepEqual((await control(office, 'requests')).filter(one => one.method === 'profile').map(one => one.status), [200])
}, 'oauth')

scenario('a token refused as over is renewed for a burst together, and every call repeated', async () => {
  await fresh()
  const b24 = enter('expired')
  let renewals = 0
  b24.setCallbackRefreshAuth(async () => { renewals += 1 })
  const answers = await Promise.all(Array.from({ length: 8 }, () => profile(b24)))
  assert.ok(answers.every(one => one.isSuccess))
  // those refused after the first renewal has ended renew again
  assert.ok(renewals >= 1 && renewals < answers.length, `${renewals} renewals`)
  const asked = (await control(office, 'requests')).map(one => one.status)
  assert.ok(asked.includes(401))
}, 'oauth')

scenario('a deal created across a renewal is one deal', async () => {
  await fresh()
  const b24 = enter('expiredToo')
  await b24.actions.v2.call.make({ method: 'crm.deal.add', params: { fields: { TITLE: 'once' } } })
  assert.equal((await control(office, 'counters')).writes, 1)
}, 'oauth')

scenario('a spent refresh token ends it', async () => {
  await profile(enter('spent', { over: true }))
  const error = await failure(enter('spent', { over: true }).auth.refreshAuth())
  assert.deepEqual([error.status, error.code], [400, 'invalid_grant'])
}, 'oauth')

scenario('a refresh with a wrong secret is refused by its name', async () => {
  const error = await failure(enter('plain', { over: true, secret: 'wrong' }).auth.refreshAuth())
  assert.deepEqual([error.status, error.code], [400, 'invalid_client'])
}, 'oauth')

scenario('a token nobody gave is refused', async () => {
  const error = await failure(profile(enter('madeUp')))
  assert.deepEqual([error.status, error.code], [401, 'NO_AUTH_FOUND'])
}, 'oauth')

scenario('batches and lists run on tokens', async () => {
  const b24 = enter('plain')
  const calls = Array.from({ length: 120 }, (_, n) => ['crm.deal.add', { fields: { TITLE: `New ${n}` } }])
  const ids = (await b24.actions.v2.batchByChunk.make({ calls })).getData()
  const list = await b24.actions.v2.callList.make({ method: 'crm.deal.list', params: { filter: { '>=ID': ids[0] } } })
  assert.deepEqual(list.getData().map(one => Number(one.ID)), ids)
}, 'oauth')

scenario('its helper reads the application, the employee, the currencies and the options', async () => {
  const b24 = enter('plain')
  const { initB24Helper, getB24Helper } = useB24Helper()
  await initB24Helper(b24, [
    LoadDataType.App, LoadDataType.Profile, LoadDataType.Currency, LoadDataType.AppOptions, LoadDataType.UserOptions
  ])
  const helper = getB24Helper()
  assert.equal(helper.profileInfo.data.id, 1)
  assert.equal(helper.appInfo.data.status, 'L')
  assert.equal(helper.currency.baseCurrency, 'RUB')
}, 'oauth')
