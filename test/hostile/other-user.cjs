/** Loaded before k1ctl (`node --require`): whoever runs it is called TRIAL_USER. */
const os = require('node:os')
const { syncBuiltinESMExports } = require('node:module')

const { userInfo } = os
os.userInfo = options => ({ ...userInfo(options), username: process.env.TRIAL_USER })
syncBuiltinESMExports()
