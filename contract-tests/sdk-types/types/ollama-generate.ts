import type { GenerateRequest } from 'ollama';

export type Body = GenerateRequest;
