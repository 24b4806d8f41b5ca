/** What a person of the console may do beside looking, which every role may. */
export const PERMISSIONS = [
  'stations.add',
  'allotments.set',
  'queues.replay',
  'alarms.close',
  'passengers.seat',
  'restore.release',
  'periods.close',
  'periods.release',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ['operator', 'finance', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const WHO_MAY: Readonly<Record<Permission, readonly Role[]>> = {
  'stations.add': ['admin'],
  'allotments.set': ['operator', 'admin'],
  'queues.replay': ['operator', 'admin'],
  'alarms.close': ['operator', 'finance', 'admin'],
  'passengers.seat': ['operator', 'admin'],
  'restore.release': ['operator', 'admin'],
  'periods.close': ['finance', 'admin'],
  'periods.release': ['finance', 'admin'],
};

/** Roles that may, for the screen that says who may. */
export function whoMay(permission: Permission): readonly Role[] {
  return WHO_MAY[permission];
}

/** What someone of that role may do. A role that this program does not know may look only. */
export function permissionsOf(role: string): Permission[] {
  return PERMISSIONS.filter((permission) => WHO_MAY[permission].some((who) => who === role));
}
