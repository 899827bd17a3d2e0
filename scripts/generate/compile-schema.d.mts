export interface CompileOptions {
  /** Where relative references start, with a slash at its end. */
  readonly cwd: string;
  readonly additionalProperties: boolean;
  readonly bannerComment: string;
  readonly strictIndexSignatures: boolean;
  readonly ignoreMinAndMaxItems: boolean;
  readonly style: {
    readonly singleQuote: boolean;
    readonly printWidth: number;
    readonly trailingComma: 'all';
    readonly bracketSpacing: boolean;
  };
}

/** A JSON Schema → the text of a TypeScript file. */
export function compile(schema: Record<string, unknown>, name: string, options: CompileOptions): Promise<string>;
