import { type Finding, grep, isTidy, type Repository } from './repository.ts';

const TEXT =
  /\.(ts|vue|mjs|cjs|js|json|md|sql|css|html|csv|txt|yml|yaml|toml|sh|npmrc)$|(^|\/)(run|\.npmrc|\.gitattributes)$/;
const MACHINE_PATH = /(^|[\s"'`(=:[])\/(work|root|home\/\w+|Users\/\w+|tmp\/[\w-]+)(\/|\b)/;
const REGISTRY = /registry\.npm|npmmirror|npm\.taobao|deb\.debian\.org|mirrors\.\w+\.(com|cn|edu)|"resolved": "https?:/;

/** Paths of one machine, and hosts of package registries: both work only where they were written. */
export function machineTraces(repository: Repository): Finding {
  const files = repository.files.filter((path) => TEXT.test(path) && !isTidy(path));
  const paths = grep(repository, files, MACHINE_PATH);
  const hosts = grep(repository, files, REGISTRY);
  return { seen: files.length, found: [...paths.found, ...hosts.found] };
}
