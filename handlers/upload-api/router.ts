import { S3ServiceException } from "@aws-sdk/client-s3";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { logger } from "../observability.ts";
import { Problem, problemResponse } from "./problem.ts";

/** Answers the requests of one route. */
export type RouteHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** The statuses with which S3 throttles callers. */
const throttlingStatuses: readonly unknown[] = [429, 503];

function isThrottling(error: unknown): boolean {
  return error instanceof S3ServiceException && throttlingStatuses.includes(error.$metadata.httpStatusCode);
}

const throttled = () =>
  new Problem(503, "throttled", "Too many requests at the moment; try again shortly", {
    headers: { "retry-after": "1" },
  });

/**
 * Returns a handler of all routes. Every error becomes an answer with problem details.
 *
 * @param routes the handlers by `routeKey`, for example `POST /uploads`
 * @param unclassifiedError counts an error that is neither the client's mistake nor throttling
 */
export function router(
  routes: Readonly<Record<string, RouteHandler>>,
  unclassifiedError: () => void,
): RouteHandler {
  function toProblem(error: unknown, { routeKey, requestContext }: APIGatewayProxyEventV2): Problem {
    if (error instanceof Problem) return error;
    const { requestId: apiRequestId } = requestContext;
    logger.error("The request failed", { result: "error", routeKey, apiRequestId, error });
    if (isThrottling(error)) return throttled();
    unclassifiedError();
    return new Problem(
      500,
      "internal-error",
      "The request failed because of an error in the service, which has been logged",
    );
  }

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
