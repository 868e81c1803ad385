// The vendor's JS client at one piece of work; what is to be done comes as JSON on the standard input, and what came of
// it goes out as one line of JSON. Its timers run on the portal's virtual clock, which moves only while no request is
// under way; nothing else is changed.

import { readFileSync } from 'node:fs'
import https from 'node:https'

const { url, webhook, work, count, orders, comment } = JSON.parse(readFileSync(0, 'utf-8'))
const later = globalThis.setTimeout
const forget = globalThis.clearTimeout
const request = https.request
const start = Date.now()
const timers = new Map()
let now = start
let underWay = 0
let made = 0

Date.now = () => Math.floor(now)
performance.now = () => now - start
https.request = (...given) => {
  underWay += 1
  return request.apply(https, given).once('close', () => { underWay -= 1 })
}
globalThis.setTimeout = (run, wait = 0, ...given) => {
  made += 1
  timers.set(made, { at: now + Math.max(0, Number(wait) || 0), run: () => run(...given) })
  return made
}
globalThis.clearTimeout = timer => (typeof timer === 'number' ? timers.delete(timer) : forget(timer))

function advance(seconds) {
  return new Promise((resolve, reject) => {
    request(`${url}/control/advance`, { method: 'POST' }, answer => answer.resume().once('end', resolve))
      .once('error', reject)
      .end(JSON.stringify({ seconds }))
  })
}

async function pass() {
  for (;;) {
    await new Promise(resolve => later(resolve, 3))
    if (underWay || !timers.size) continue
    const [key, next] = [...timers].reduce((one, other) => (other[1].at < one[1].at ? other : one))
    timers.delete(key)
    if (next.at > now) {
      await advance((next.at - now) / 1000)
      now = next.at
    }
    next.run()
  }
}

const { B24Hook } = await import('../tests/conformance/js/node_modules/@bitrix24/b24jssdk/dist/esm/index.mjs')
const { v2 } = B24Hook.fromWebhookUrl(webhook).actions
const upTo = Array.from({ length: count }, (_, place) => place + 1)

function held(answer) {
  if (!answer.isSuccess) throw new Error(answer.getErrorMessages().join('; '))
  return answer.getData()
}

const chunked = async calls => held(await v2.batchByChunk.make({ calls, options: { isHaltOnError: false } }))

const works = {
  async walk() {
    const found = []
    const asked = { entityTypeId: 2, select: ['id', 'title'] }
    const pages = v2.fetchList.make({ method: 'crm.item.list', params: asked, idKey: 'id', customKeyForResult: 'items' })
    for await (const page of pages) found.push(...page.map(item => item.id))
    return found
  },
  async read() {
    return (await chunked(upTo.map(id => ['crm.item.get', { entityTypeId: 2, id }]))).map(one => one.item.id)
  },
  async update() {
    await chunked(upTo.map(id => ['crm.deal.update', { id, fields: { COMMENTS: comment } }]))
    return []
  },
  async create() {
    const contacts = await chunked(orders.map(order => order.contact))
    for (let first = 0; first < orders.length; first += 25) {
      const calls = {}
      for (const [place, order] of orders.slice(first, first + 25).entries()) {
        const [method, { entityTypeId, fields }] = order.deal
        calls[`d${order.number}`] = [method, { entityTypeId, fields: { ...fields, contactIds: [contacts[first + place]] } }]
        calls[`r${order.number}`] = order.rows
      }
      held(await v2.batch.make({ calls, options: { isHaltOnError: false } }))
    }
    return []
  }
}

pass()
try {
  console.log(JSON.stringify({ found: await works[work]() }))
} catch (error) {
  console.log(JSON.stringify({ trouble: `${error.code ?? error.name}: ${error.message}` }))
}
process.exit(0)
