import { join } from "node:path";
import { distDirectory } from "@henkan/build/directories";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * Makes the layer with sharp and libvips for the functions that convert images; `npm run build` fills its folder.
 *
 * @param physicalName a name that differs between pipelines: two layers of one name would be versions of the same layer
 */
export function sharpLayer(
  name: string,
  physicalName: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): aws.lambda.LayerVersion {
  return new aws.lambda.LayerVersion(
    name,
    {
      layerName: pulumi.interpolate`${physicalName}-sharp`,
      code: new pulumi.asset.FileArchive(join(distDirectory, "layers", "sharp")),
      compatibleArchitectures: ["arm64"],
      compatibleRuntimes: ["nodejs24.x"],
    },
    opts,
  );
}
