// Runs scenarios one after another and prints what became of each, as one line of JSON.
// Places come in PLACES: for every portal its `url`, `webhook` and, for applications, keys and tokens.

import { strict as assert } from 'node:assert'

export { assert }
export const places = JSON.parse(process.env.PLACES ?? '{}')

const scenarios = []

/** Adds a scenario; what fails in `run` is its failure. Scenarios of one `lane` follow each other, lanes run at once. */
export function scenario(name, run, lane = 'main') {
  scenarios.push({ name, run, lane })
}

/** Calls the portal's control: the same acts and logs as the tests in Python have. */
export async function control(place, act, given = {}) {
  const answer = await fetch(`${place.url}/control/${act}`, { method: 'POST', body: JSON.stringify(given) })
  const body = await answer.json()
  if (!answer.ok) throw new Error(body.error)
  return body.result
}

/** Returns the statuses of the requests since the last reset. */
export async function statuses(place) {
  return (await control(place, 'requests')).map(line => line.status)
}

/** Returns the error a promise is rejected with. */
export async function failure(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

async function alone({ name, run }) {
  const start = Date.now()
  try {
    await run()
    return { name, ok: true, seconds: (Date.now() - start) / 1000 }
  } catch (error) {
    return { name, ok: false, seconds: (Date.now() - start) / 1000, why: `${error.stack ?? error}`.slice(0, 1500) }
  }
}

/** Runs everything added so far and prints the outcomes. */
export async function play() {
  const lanes = Map.groupBy ? Map.groupBy(scenarios, one => one.lane) : grouped(scenarios)
  const outcomes = await Promise.all(
    [...lanes.values()].map(async lane => {
      const done = []
      for (const one of lane) done.push(await alone(one))
      return done
    })
  )
  console.log(JSON.stringify(outcomes.flat()))
}

function grouped(list) {
  const lanes = new Map()
  for (const one of list) lanes.set(one.lane, [...(lanes.get(one.lane) ?? []), one])
  return lanes
}
