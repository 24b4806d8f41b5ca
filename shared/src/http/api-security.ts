import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './openapi-app.ts';

/** How a caller is known. `bearer`: a program by its token. `session`: a person by the cookie of a sign-in. */
export type SecurityScheme = 'bearer' | 'session';

/** Names the ways in to the OpenAPI document. */
export function nameSchemes(app: OpenAPIHono<ApiEnv>, sessionCookie: string): void {
  const registry = app.openAPIRegistry;
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: '程序的令牌 token of a channel, legacy system or kiosk',
  });
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: sessionCookie,
    description: '登录后的会话 session of a person who has signed in; changes are taken from its own pages only',
  });
}

/** How many routes a group has. `secure` takes what came after. */
export function routesOf(group: OpenAPIHono<ApiEnv>): number {
  return group.openAPIRegistry.definitions.length;
}

/** Says in the document that the routes of a group, but for the first `open` ones, are for callers that are known this way. */
export function secure(group: OpenAPIHono<ApiEnv>, scheme: SecurityScheme, open = 0): void {
  for (const definition of group.openAPIRegistry.definitions.slice(open))
    if (definition.type === 'route') definition.route.security = [{ [scheme]: [] }];
}
