// Generated from schemas/upstream/cloudbeds/metadata.json by `npm run generate`. Do not edit.

/**
 * Where the API of the property is.
 */
export interface CloudbedsMetadata {
  api: CloudbedsMetadataApi;
}
/**
 * The API.
 */
export interface CloudbedsMetadataApi {
  url: string;
}
