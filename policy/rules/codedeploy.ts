import { asList, at } from "../resource.ts";
import type { AnyRule } from "../rule.ts";

const rollbackEvents = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"];

export const codedeployRules: readonly AnyRule[] = [
  {
    name: "codedeploy-rolls-back",
    controls: ["Henkan.CodeDeploy.1", "OPS06-BP04"],
    description: "Releases roll back automatically after a failure or an alarm",
    remedy: `Name alarms in alarmConfiguration, and ${rollbackEvents.join(" and ")} in autoRollbackConfiguration, both enabled.`,
    types: ["aws:codedeploy/deploymentGroup:DeploymentGroup"],
    violations: ({ props: { alarmConfiguration, autoRollbackConfiguration } }) => {
      const watched = isEnabled(alarmConfiguration) && asList(at(alarmConfiguration, "alarms")).length > 0;
      const events = isEnabled(autoRollbackConfiguration)
        ? asList(at(autoRollbackConfiguration, "events"))
        : [];
      return [
        ...(watched ? [] : ["watches no alarm during a release"]),
        ...rollbackEvents
          .filter((event) => !events.includes(event))
          .map((event) => `does not roll back on ${event}`),
      ];
    },
  },
];

const isEnabled = (configuration: unknown): boolean => at(configuration, "enabled") === true;
