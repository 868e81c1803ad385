// The vendor's JS client on an incoming webhook.

import { ApiVersion, B24Hook, ParamsFactory } from '@bitrix24/b24jssdk'
import { assert, control, failure, places, scenario, statuses } from './harness.mjs'

const MANY = 10_000
const enterprise = { restrictionParams: ParamsFactory.getEnterprise() }
const unlimited = {
  restrictionParams: { ...ParamsFactory.getDefault(), rateLimit: { burstLimit: 1e6, drainRate: 1e6, adaptiveEnabled: false } }
}

const connect = (place, options = unlimited) => B24Hook.fromWebhookUrl(place.webhook, options)
const { crowd, empty, standard, burst, spent, blocked } = places

async function fresh() {
  await control(empty, 'faults-clear')
  await control(empty, 'reset')
  return connect(empty)
}

async function call(b24, method, params = {}) {
  const answer = await b24.actions.v2.call.make({ method, params })
  assert.ok(answer.isSuccess, answer.getErrorMessages().join('; '))
  return answer.getData().result
}

const numbers = rows => rows.map(row => Number(row.ID ?? row.id))
const upTo = (first, last) => Array.from({ length: last - first + 1 }, (_, n) => first + n)

scenario('a webhook address is taken as the portal shows it', async () => {
  const b24 = connect(empty)
  assert.equal((await call(b24, 'profile')).ID, '1')
  assert.equal(b24.getTargetOrigin(), empty.url)
})

scenario('health is told by the portal\'s time', async () => {
  const b24 = connect(empty)
  assert.equal(await b24.tools.healthCheck.make(), true)
  assert.ok((await b24.tools.ping.make()) >= 0)
})

scenario('callList walks ten thousand deals by their ids', async () => {
  const b24 = connect(crowd)
  const answer = await b24.actions.v2.callList.make({ method: 'crm.deal.list', params: { select: ['ID'] } })
  assert.deepEqual(numbers(answer.getData()), upTo(1, MANY))
}, 'crowd')

scenario('callList walks universal items under their wrapper', async () => {
  const b24 = connect(crowd)
  const answer = await b24.actions.v2.callList.make({
    method: 'crm.item.list',
    params: { entityTypeId: 2, select: ['id'], filter: { '>opportunity': 4_999 } },
    idKey: 'id',
    customKeyForResult: 'items'
  })
  assert.deepEqual(numbers(answer.getData()), upTo(5_001, MANY))
}, 'crowd')

scenario('fetchList gives page after page', async () => {
  const b24 = connect(crowd)
  const pages = []
  for await (const page of b24.actions.v2.fetchList.make({
    method: 'crm.item.list',
    params: { entityTypeId: 2, select: ['id'], filter: { '<=id': 1_020 } },
    idKey: 'id',
    customKeyForResult: 'items'
  })) pages.push(page)
  assert.deepEqual(pages.map(page => page.length), [...Array(20).fill(50), 20])
}, 'crowd')

scenario('total and next lead through pages by hand', async () => {
  const b24 = connect(crowd)
  const first = await b24.actions.v2.call.make({ method: 'crm.deal.list', params: { order: { ID: 'ASC' }, start: 9_900 } })
  assert.equal(first.getTotal(), MANY)
  const second = await first.getNext(b24.getHttpClient(ApiVersion.v2))
  assert.deepEqual(numbers(second.getData().result), upTo(9_951, MANY))
  assert.equal(await second.getNext(b24.getHttpClient(ApiVersion.v2)), false)
}, 'crowd')

scenario('two thousand updates in chunks of fifty', async () => {
  const b24 = connect(crowd)
  const calls = upTo(1, 2_000).map(id => ['crm.deal.update', { id, fields: { COMMENTS: `№ ${id} & more` } }])
  const answer = await b24.actions.v2.batchByChunk.make({ calls, options: { isHaltOnError: false } })
  assert.ok(answer.isSuccess)
  assert.deepEqual(answer.getData(), Array(2_000).fill(true))
  assert.equal((await call(b24, 'crm.deal.get', { id: 2_000 })).COMMENTS, '№ 2000 & more')
}, 'crowd')

scenario('two thousand read by their ids', async () => {
  const b24 = connect(crowd)
  const calls = upTo(3_001, 5_000).map(id => ({ method: 'crm.item.get', params: { entityTypeId: 2, id } }))
  const answer = await b24.actions.v2.batchByChunk.make({ calls, options: { isHaltOnError: true } })
  assert.deepEqual(answer.getData().map(one => one.item.id), upTo(3_001, 5_000))
}, 'crowd')

scenario('five hundred creates answer in their order', async () => {
  const b24 = await fresh()
  const calls = upTo(1, 500).map(n => ['crm.deal.add', { fields: { TITLE: `New ${n}` } }])
  const ids = (await b24.actions.v2.batchByChunk.make({ calls })).getData()
  assert.equal(new Set(ids).size, 500)
  assert.equal((await call(b24, 'crm.deal.get', { id: ids[499] })).TITLE, 'New 500')
})

scenario('a classic deal lives and dies', async () => {
  const b24 = await fresh()
  const id = await call(b24, 'crm.deal.add', { fields: { TITLE: 'Заказ', OPPORTUNITY: 10.5 } })
  assert.equal(await call(b24, 'crm.deal.update', { id, fields: { STAGE_ID: 'WON' } }), true)
  const deal = await call(b24, 'crm.deal.get', { id })
  assert.deepEqual([deal.TITLE, deal.OPPORTUNITY, deal.CLOSED], ['Заказ', '10.50', 'Y'])
  assert.equal(await call(b24, 'crm.deal.delete', { id }), true)
})

scenario('a universal item lives and dies', async () => {
  const b24 = await fresh()
  const { item } = await call(b24, 'crm.item.add', { entityTypeId: 2, fields: { title: 'Order', opportunity: 10.5 } })
  const changed = await call(b24, 'crm.item.update', { entityTypeId: 2, id: item.id, fields: { stageId: 'WON' } })
  assert.deepEqual([changed.item.opportunity, changed.item.closed], [10.5, 'Y'])
  assert.deepEqual(await call(b24, 'crm.item.delete', { entityTypeId: 2, id: item.id }), [])
})

scenario('a contact, its deal and its rows in one batch by references', async () => {
  const b24 = await fresh()
  const answer = await b24.actions.v2.batch.make({
    calls: {
      who: { method: 'crm.contact.add', params: { fields: { NAME: 'Анна & Co', PHONE: [{ VALUE: '+79000000001' }] } } },
      deal: ['crm.item.add', { entityTypeId: 2, fields: { title: 'Order', contactIds: ['$result[who]'] } }],
      rows: ['crm.item.productrow.set', {
        ownerType: 'D', ownerId: '$result[deal][item][id]', productRows: [{ productName: 'Mug', price: 149.5, quantity: 2 }]
      }],
      seen: ['crm.item.get', { entityTypeId: 2, id: '$result[deal][item][id]' }]
    },
    options: { isHaltOnError: true }
  })
  assert.ok(answer.isSuccess, answer.getErrorMessages().join('; '))
  const { who, seen } = answer.getData()
  assert.deepEqual([seen.item.contactIds, seen.item.opportunity], [[who], 299])
})

scenario('fifty in a batch and the fifty-first held back', async () => {
  const b24 = await fresh()
  const fifty = await b24.actions.v2.batch.make({ calls: Array(50).fill(['profile', {}]) })
  assert.deepEqual(fifty.getData().map(one => one.ID), Array(50).fill('1'))
  const error = await failure(b24.actions.v2.batch.make({ calls: Array(51).fill(['profile', {}]) }))
  assert.equal(error.code, 'JSSDK_BATCH_TOO_LARGE')
})

scenario('an error inside keeps its place among the others', async () => {
  const b24 = await fresh()
  const answer = await b24.actions.v2.batch.make({
    calls: [['profile', {}], ['crm.item.get', { entityTypeId: 2, id: 99_999 }], ['profile', {}]],
    options: { isHaltOnError: false, returnAjaxResult: true }
  })
  assert.deepEqual(answer.getData().map(one => one.isSuccess), [true, false, true])
  assert.equal([...answer.errors.values()][0].code, 'NOT_FOUND')
})

scenario('halt stops a batch at its first error', async () => {
  const b24 = await fresh()
  const answer = await b24.actions.v2.batch.make({
    calls: [['profile', {}], ['crm.item.get', { entityTypeId: 2, id: 99_999 }], ['crm.deal.add', { fields: {} }]],
    options: { isHaltOnError: true, returnAjaxResult: true }
  })
  assert.deepEqual(answer.getData().map(one => one.isSuccess), [true, false])
  assert.equal((await control(empty, 'counters')).writes, 0)
})

scenario('an empty error code inside a batch passes for an answer', async () => {
  // a known deviation: the classic methods say `error: ""`, which the client does not take for an error
  const b24 = await fresh()
  const answer = await b24.actions.v2.batch.make({
    calls: [['crm.deal.get', { id: 99_999 }]],
    options: { isHaltOnError: false, returnAjaxResult: true }
  })
  assert.deepEqual([answer.isSuccess, answer.getData()[0].getData().result], [true, undefined])
})

for (const [name, method, params, status, code] of [
  ['an unknown method', 'crm.nothing.such', {}, 404, 'ERROR_METHOD_NOT_FOUND'],
  ['a method for applications only', 'event.bind', { event: 'ONCRMDEALADD', handler: 'https://a.test/' }, 403, 'WRONG_AUTH_TYPE'],
  ['a record that is not there', 'crm.item.get', { entityTypeId: 2, id: 99_999 }, 400, 'NOT_FOUND'],
  ['a field that may not be asked for', 'crm.item.list', { entityTypeId: 2, filter: { nothing: 1 } }, 400, 'INVALID_ARG_VALUE'],
  ['a missing parameter', 'crm.item.list', {}, 400, 'ERR_BAD_REQUEST']
]) {
  scenario(`${name} is refused once and not tried again`, async () => {
    const b24 = await fresh()
    const error = await failure(b24.actions.v2.call.make({ method, params }))
    assert.deepEqual([error.status, error.code], [status, code])
    assert.deepEqual(await statuses(empty), [status])
  })
}

scenario('a wrong secret is refused', async () => {
  const b24 = B24Hook.fromWebhookUrl(`${empty.url}/rest/1/wrong`)
  const error = await failure(b24.actions.v2.call.make({ method: 'profile' }))
  assert.deepEqual([error.status, error.code], [401, 'INVALID_CREDENTIALS'])
})

scenario('an overloaded portal is met with patience', async () => {
  const b24 = await fresh()
  await control(empty, 'fault', { kind: 'error', status: 503, code: 'QUERY_LIMIT_EXCEEDED' })
  await call(b24, 'profile')
  assert.deepEqual(await statuses(empty), [503, 200])
})

scenario('a lost connection is tried again', async () => {
  const b24 = await fresh()
  await control(empty, 'fault', { kind: 'drop' })
  assert.equal((await call(b24, 'profile')).ID, '1')
})

scenario('an answer lost after the write makes a second deal', async () => {
  // known of the client (its own threads on duplicates), unless told not to try again
  const b24 = await fresh()
  await control(empty, 'fault', { kind: 'close' })
  await call(b24, 'crm.deal.add', { fields: { TITLE: 'twice' } })
  assert.equal((await control(empty, 'counters')).writes, 2)
})

scenario('an answer lost after the write stays one when told so', async () => {
  await fresh()
  const b24 = connect(empty, { restrictionParams: { ...unlimited.restrictionParams, retryOnNetworkError: false, maxRetries: 1 } })
  await control(empty, 'fault', { kind: 'close' })
  await failure(b24.actions.v2.call.make({ method: 'crm.deal.add', params: { fields: { TITLE: 'once' } } }))
  assert.equal((await control(empty, 'counters')).writes, 1)
})

scenario('a page instead of an answer', async () => {
  const b24 = await fresh()
  await control(empty, 'fault', { kind: 'html', status: 403 })
  assert.equal((await failure(b24.actions.v2.call.make({ method: 'profile' }))).status, 403)
})

scenario('a portal without REST 3 says so', async () => {
  const b24 = await fresh()
  const error = await failure(b24.actions.v3.call.make({ method: 'tasks.task.get', params: { id: 1 } }))
  assert.deepEqual([error.status, error.code], [404, 'ERROR_METHOD_NOT_FOUND'])
})

scenario('its own rate limiter keeps a burst within a standard plan', async () => {
  const b24 = connect(standard, {})
  await Promise.all(upTo(1, 56).map(() => call(b24, 'profile')))
  // its bucket drains evenly, the portal's by whole seconds: of the five too many at once, one or two may still be
  const refused = (await statuses(standard)).filter(status => status === 503)
  assert.ok(refused.length <= 2, `${refused.length} refused`)
  assert.ok(b24.getHttpClient(ApiVersion.v2).getStats().limitHits > 0)
}, 'standard')

scenario('a refused burst comes again by itself', async () => {
  const b24 = connect(burst, enterprise)
  const others = () => Promise.all(upTo(1, 20).map(async () => (await fetch(`${burst.webhook}profile`)).status))
  while (!(await others()).includes(503)) continue
  await control(burst, 'reset')
  await Promise.all(upTo(1, 5).map(() => call(b24, 'profile')))
  assert.deepEqual(new Set(await statuses(burst)), new Set([200, 503]))
}, 'burst')

scenario('its operating limiter holds a spent method back', async () => {
  const b24 = connect(spent, { restrictionParams: { ...ParamsFactory.getDefault(), adaptiveConfig: { enabled: false } } })
  for (const _ of [1, 2, 3, 4]) await call(b24, 'crm.deal.list')
  assert.deepEqual(new Set(await statuses(spent)), new Set([200]))
  assert.ok(b24.getHttpClient(ApiVersion.v2).getStats().limitHits > 0)
}, 'spent')

scenario('a blocked method is waited for and called again', async () => {
  const first = connect(blocked)
  for (const _ of [1, 2]) await call(first, 'crm.deal.list')
  await call(connect(blocked), 'crm.deal.list')
  assert.deepEqual(await statuses(blocked), [200, 200, 429, 200])
}, 'blocked')

scenario('the plan\'s parameters are those of the portal', async () => {
  const { rateLimit } = ParamsFactory.fromTariffPlan('enterprise')
  assert.deepEqual([rateLimit.burstLimit, rateLimit.drainRate], [250, 5])
  assert.equal(ParamsFactory.fromTariffPlan('standard').operatingLimit.limitMs, 480_000)
})
