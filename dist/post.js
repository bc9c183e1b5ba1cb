'use strict'
if (process.env.STATE_over !== 'true') require('./index.js').post()
