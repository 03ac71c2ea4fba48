import { S3ServiceException } from "@aws-sdk/client-s3";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { Problem, problemResponse } from "./problem.ts";

export type Route = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** Statuses with which S3 asks callers to slow down. */
const throttlingStatuses: readonly unknown[] = [429, 503];

function isThrottling(error: unknown): boolean {
  return error instanceof S3ServiceException && throttlingStatuses.includes(error.$metadata.httpStatusCode);
}

function toProblem(error: unknown, { routeKey, requestContext }: APIGatewayProxyEventV2): Problem {
  if (error instanceof Problem) return error;
  console.error({ result: "error", routeKey, apiRequestId: requestContext.requestId, error });
  return isThrottling(error)
    ? new Problem(503, "throttled", "Too many requests at the moment; try again shortly", {
        headers: { "retry-after": "1" },
      })
    : new Problem(500, "internal-error", "The request failed for a reason on our side; it has been logged");
}

/** Answers by `routeKey`, for example `POST /uploads`; every failure becomes problem details. */
export function router(routes: Readonly<Record<string, Route>>): Route {
  return async (event) => {
    try {
      const route = routes[event.routeKey];
      if (route) return await route(event);
      const known = Object.keys(routes).join(", ");
      throw new Problem(404, "not-found", `There is no ${event.routeKey}; there are ${known}`);
    } catch (error) {
      return problemResponse(toProblem(error, event));
    }
  };
}
