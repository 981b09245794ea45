import { type ApiPart, answer, body, json, pathParameter, problems } from './openapi-parts.ts'

const tokens = { accessToken: 'example-access-token', refreshToken: 'example-refresh-token', expiresInSeconds: 1800 }
const challenge = pathParameter('challenge', 'The id of the challenge that the log-in answered.', 'ch-42')
const tags = ['Log-in']
/** No bearer token: these calls are how one gets it. */
const security: ApiPart[] = []

/** The log-in, who is logged in, and which tenants that person may administer. */
export function logInPaths(): ApiPart {
  return {
    '/log-in': {
      post: {
        tags,
        security,
        operationId: 'logIn',
        summary: 'Log in with username, company name and password',
        requestBody: body('LogIn', { username: 'amy.chen', company: 'Example MSP', password: 'correct horse' }),
        responses: {
          '200': answer('Logged in: nothing else is asked for.', 'Tokens', tokens),
          '202': answer('A two-factor code, or a push that was sent, comes next.', 'ChallengeStarted', {
            challenge: { id: 'ch-42', kind: 'push', expiresInSeconds: 120 },
          }),
          ...problems(401, 403, 422),
        },
      },
    },
    '/log-in/{challenge}': {
      parameters: [challenge],
      post: {
        tags,
        security,
        operationId: 'sendCode',
        summary: 'Answer a two-factor challenge; three tries',
        requestBody: body('Code', { code: '123456' }),
        responses: { '200': answer('Logged in.', 'Tokens', tokens), ...problems(401, 403, 404, 410, 422) },
      },
      get: {
        tags,
        security,
        operationId: 'pollPush',
        summary: 'Ask whether the push was answered',
        responses: {
          '200': answer('Approved: logged in. Asking again answers the same.', 'Tokens', tokens),
          '202': answer('Not answered yet. Ask again after so many seconds.', 'Waiting', {
            state: 'waiting',
            pollAfterSeconds: 1,
          }),
          ...problems(403, 404, 410, 422),
        },
      },
      delete: {
        tags,
        security,
        operationId: 'withdrawPush',
        summary: 'Withdraw a push, so that nobody can approve it later',
        responses: { '204': { description: 'Withdrawn, or over already.' }, ...problems(404) },
      },
    },
    '/log-in/refresh': {
      post: {
        tags,
        security,
        operationId: 'refresh',
        summary: 'Get a new access token',
        requestBody: body('RefreshToken', { refreshToken: 'example-refresh-token' }),
        responses: {
          '200': answer('The same refresh token with a new access token.', 'Tokens', tokens),
          ...problems(401, 422),
        },
      },
    },
    '/session': {
      get: {
        tags,
        operationId: 'readSession',
        summary: 'Who is logged in, and which rights are missing',
        responses: {
          '200': answer('The person.', 'Session', {
            username: 'amy.chen',
            email: 'amy.chen@msp.example',
            displayName: 'Amy Chen',
            kaseyaOneRole: 'Admin',
            moduleRole: 'Administrator',
            moduleAdmin: true,
            organization: { id: 'o-1', name: 'Example MSP' },
            missing: [],
          }),
          ...problems(401),
        },
      },
      delete: {
        tags,
        operationId: 'logOut',
        summary: 'Log out: revokes the access token and the refresh token',
        responses: { '204': { description: 'Logged out.' }, ...problems(401) },
      },
    },
    '/tenants': {
      get: {
        tags,
        operationId: 'listTenants',
        summary: 'The tenants that this person may administer',
        responses: {
          '200': {
            description: 'All of them; there is no paging.',
            content: json('Tenants', { tenants: [{ id: 't-001', name: 'Northwind' }] }),
          },
          ...problems(401),
        },
      },
    },
  }
}
