// Nicer where it runs; every page works without it.
import { initAll } from './vendor/govuk-frontend.min.js'
document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

const strip = document.getElementById('strip')
const lost = gone => { strip.hidden = !gone }
addEventListener('offline', () => lost(true))
addEventListener('online', () => lost(false))
document.addEventListener('htmx:sse:error', () => lost(true))
document.addEventListener('htmx:sse:after:connection', () => lost(false))
document.addEventListener('htmx:error', () => lost(true))
document.addEventListener('htmx:after:request', () => lost(!navigator.onLine))

// A file is saved as soon as it is chosen; without this its button does it.
document.querySelectorAll('[data-sends]').forEach(one => {
  one.addEventListener('change', () => one.form.requestSubmit(document.getElementById(one.dataset.sends)))
})
