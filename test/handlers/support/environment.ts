/** Sets environment variables for the suite, and restores their old values after it. */
export function withEnvironment(variables: () => Record<string, string>): void {
  let previous: NodeJS.ProcessEnv = {};
  before(() => {
    previous = { ...process.env };
    Object.assign(process.env, variables());
  });
  after(() => {
    for (const name of Object.keys(variables())) delete process.env[name];
    Object.assign(process.env, previous);
  });
}

export const awsVariables = {
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_SESSION_TOKEN: "token",
};
