import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { receiptsPrefix } from "../contract/keys.ts";
import type { DeclaredVariant } from "../contract/variant.ts";
import { useOfKey } from "./encryption-key.ts";
import { HttpApi, type HttpApiArgs } from "./http-api.ts";
import { LambdaFunction } from "./lambda-function.ts";
import { services } from "./monitoring/metrics.ts";
import { allow } from "./policies.ts";
import type { UploadExpiry } from "./upload-bucket.ts";

export interface UploadApiArgs extends Omit<HttpApiArgs, "function" | "routes"> {
  readonly uploads: aws.s3.Bucket;
  readonly outputs: aws.s3.Bucket;
  readonly cdnUrl: pulumi.Input<string>;
  readonly variants: readonly DeclaredVariant[];
  readonly maxUploadMiB: number;
  /** The size in MiB above which a file is sent in parts. */
  readonly multipartThresholdMiB: number;
  readonly expirySeconds: UploadExpiry;
}

/** The API that presigns uploads and reports the state of an upload's variants. */
export class UploadApi extends pulumi.ComponentResource {
  readonly function: LambdaFunction;
  readonly api: HttpApi;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: UploadApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:api:UploadApi", name, {}, opts);
    const { uploads, outputs, stage } = args;
    this.function = new LambdaFunction(
      name,
      {
        stage,
        bundle: "upload-api",
        service: services.uploadApi,
        memoryMb: 512,
        timeoutSeconds: 10,
        environment: {
          UPLOADS_BUCKET: uploads.bucket,
          OUTPUTS_BUCKET: outputs.bucket,
          CDN_URL: args.cdnUrl,
          VARIANTS: JSON.stringify(args.variants),
          MAX_UPLOAD_BYTES: String(args.maxUploadMiB * 1024 ** 2),
          UPLOAD_EXPIRY_SECONDS: String(args.expirySeconds.put),
          MULTIPART_THRESHOLD_BYTES: String(args.multipartThresholdMiB * 1024 ** 2),
          MULTIPART_EXPIRY_SECONDS: String(args.expirySeconds.multipart),
        },
        // A presigned request has the permissions of the role that signed it.
        permissions: [
          allow(["s3:PutObject", "s3:AbortMultipartUpload"], pulumi.interpolate`${uploads.arn}/*`),
          allow(["s3:GetObject"], pulumi.interpolate`${outputs.arn}/${receiptsPrefix}/*`),
          allow(["s3:ListBucket"], [uploads.arn, outputs.arn]),
          ...(stage.keys ? [allow(useOfKey, stage.keys.storage.arn)] : []),
        ],
      },
      { parent: this },
    );
    const { auth, allowedOrigins, throttle } = args;
    const routes = ["POST /uploads", "GET /uploads/{id}"];
    this.api = new HttpApi(
      name,
      { function: this.function, routes, auth, allowedOrigins, throttle, stage },
      { parent: this },
    );
    this.url = this.api.url;
    this.registerOutputs({ url: this.url });
  }
}
