import { type Command, runCommand, UsageError } from "./command.ts";

/** The commands by name. Each module is loaded only when its command runs. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  backfill: async () => (await import("./backfill.ts")).backfill,
  graph: async () => (await import("./graph.ts")).graph,
  permissions: async () => (await import("./permissions.ts")).permissions,
  redrive: async () => (await import("./redrive.ts")).redrive,
  status: async () => (await import("./status.ts")).status,
  upload: async () => (await import("./upload.ts")).upload,
  watch: async () => (await import("./watch.ts")).watch,
};

const help = `Sends files to a pipeline and operates it, locally or deployed.

  npm run henkan -- COMMAND [OPTIONS]
  npm run henkan -- COMMAND --help

Commands: ${Object.keys(commands).join(", ")}`;

await runCommand({
  async run([name = "--help", ...args], interruption) {
    if (name === "--help" || name === "-h") {
      console.log(help);
      return 0;
    }
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!load) throw new UsageError(`There is no command "${name}".\n\n${help}`);
    const command = await load();
    return command.run(args, interruption);
  },
});
