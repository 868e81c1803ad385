// Prints the outcome of every scenario as JSON.

import { play } from './harness.mjs'
import './hook.mjs'
import './oauth.mjs'

await play()
