// The SDK has no type of the whole body, but one of each of its fields. Enums stand on the wire as their values.
// check.mjs also has the SDK write each body itself, and compares.
import type { Content, GenerationConfig, SafetySetting, Tool, ToolConfig } from '@google/genai';

type Wire<T> = T extends string
  ? `${T}`
  : T extends readonly (infer U)[]
    ? Wire<U>[]
    : T extends (...args: never[]) => unknown
      ? never
      : T extends object
        ? { [K in keyof T]: Wire<T[K]> }
        : T;

export type Body = {
  contents: Wire<Content>[];
  systemInstruction?: Wire<Content>;
  tools?: Wire<Tool>[];
  toolConfig?: Wire<ToolConfig>;
  safetySettings?: Wire<SafetySetting>[];
  generationConfig?: Wire<GenerationConfig>;
  cachedContent?: string;
};
