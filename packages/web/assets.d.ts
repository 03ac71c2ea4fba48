/** Style sheets have no exports: esbuild collects them into one file. */
declare module "*.css";
