import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** sharp and libvips for the functions that convert images; `npm run build` fills the folder. */
export function sharpLayer(name: string): aws.lambda.LayerVersion {
  return new aws.lambda.LayerVersion(name, {
    layerName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
    code: new pulumi.asset.FileArchive("dist/layers/sharp"),
    compatibleArchitectures: ["arm64"],
    compatibleRuntimes: ["nodejs24.x"],
  });
}
